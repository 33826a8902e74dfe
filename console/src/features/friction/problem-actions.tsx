import { ActionIcon, Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconMoon, IconUser, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { Plain } from "@/shared/ui/names";
import { useFrictionWork } from "./api";
import classes from "./friction.module.css";
import type { Problem, VerdictGiven } from "./types";
import { type Asked, VerdictDialog } from "./verdict-dialog";

interface ProblemActionsProps {
  problem: Problem;
  /** What kind of problem it is, in words. */
  title: string;
}

/** Who cares for a problem; ways to give it away, let it sleep, dismiss it, and to undo that. */
export function ProblemActions({ problem, title }: ProblemActionsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useAllowed("journeys.edit");
  const [asked, setAsked] = useState<Asked | null>(null);
  const { judge } = useFrictionWork();
  const { key, owner, state, reason, until } = problem;
  const before: VerdictGiven = { owner, state, reason, until };
  const undo = () => judge.mutate({ key, ...before });
  const change = (wanted: VerdictGiven) =>
    judge.mutateAsync({ key, ...wanted }).then(() => {
      setAsked(null);
      notifications.show({ message: <Done onUndo={undo} />, autoClose: 12_000 });
    });
  return (
    <div className={classes.actions}>
      {owner !== "" && (
        <span className={classes.owner}>
          <IconUser size={14} aria-label={t("friction.owner")} />
          <Plain>{owner}</Plain>
        </span>
      )}
      {state !== "open" && (
        <span className={classes.soft}>
          {state === "snoozed" && until
            ? t("friction.sleepsUntil", { at: format.date(until) })
            : t("friction.dismissedFor", { reason })}
        </span>
      )}
      {mayEdit && state !== "open" && (
        <Button size="compact-sm" variant="default" onClick={() => change({ state: "open" })}>
          {t("friction.reopen")}
        </Button>
      )}
      {mayEdit && (
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon variant="subtle" aria-label={t("friction.actionsOf", { what: title })}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconUser size={16} />} onClick={() => setAsked("owner")}>
              {t("friction.setOwner")}
            </Menu.Item>
            <Menu.Item leftSection={<IconMoon size={16} />} onClick={() => setAsked("snooze")}>
              {t("friction.snooze")}
            </Menu.Item>
            <Menu.Item leftSection={<IconX size={16} />} onClick={() => setAsked("dismiss")}>
              {t("friction.dismiss")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <VerdictDialog
        asked={asked}
        title={title}
        owner={owner}
        work={judge}
        onDone={change}
        onClose={() => setAsked(null)}
      />
    </div>
  );
}

function Done({ onUndo }: { onUndo: () => void }) {
  const { t } = useTranslation();
  return (
    <span className={classes.done}>
      {t("common.saved")}
      <Button size="compact-sm" variant="subtle" onClick={onUndo}>
        {t("common.undo")}
      </Button>
    </span>
  );
}
