import { Button, Group, Stack } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SourceDetail } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { Confirm } from "@/shared/ui/confirm";
import { ProblemNote } from "@/shared/ui/problem-note";
import { changesOf, isShorter, type Problems, problemsOf, type Rules, rulesOf } from "./rules";
import { RulesFields } from "./rules-fields";
import { fieldAtFault, useChange } from "./use-change";

const SAVED = { isPending: false, error: null };

/** The rules of a source, to be changed; nothing happens before it is saved. */
export function RulesForm({ source }: { source: SourceDetail }) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<Rules | null>(null);
  const [isChecked, setIsChecked] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const rules = draft ?? rulesOf(source);
  const found = problemsOf(rules);
  const change = changesOf(source, rules);
  const isDirty = Object.keys(change).length > 0;
  const leave = () => {
    setDraft(null);
    setIsChecked(false);
    setIsAsking(false);
    save.reset();
  };
  const save = useChange(source, leave);
  const refused = fieldAtFault(save.error);
  const problems: Problems = isChecked ? { ...refused, ...found } : {};
  const edit = (patch: Partial<Rules>) => {
    save.reset();
    setDraft({ ...rules, ...patch });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (Object.keys(found).length > 0) {
      // The fields learn of their errors with the next painting.
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(),
      );
      return;
    }
    if (isShorter(source, change)) setIsAsking(true);
    else save.mutate(change);
  };
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="md" maw={860}>
        {save.isError && !refused && <ProblemNote error={save.error} />}
        <RulesFields rules={rules} problems={problems} onChange={edit} />
        <Group gap="xs">
          <Button type="submit" size="sm" disabled={!isDirty} loading={save.isPending}>
            {t("sources.saveRules")}
          </Button>
          <Button size="sm" variant="default" disabled={!isDirty} onClick={leave}>
            {t("sources.dropChanges")}
          </Button>
        </Group>
      </Stack>
      <Shorter
        days={isAsking ? (change.retention_days ?? 0) : 0}
        isPending={save.isPending}
        onConfirm={() => save.mutate(change)}
        onClose={() => setIsAsking(false)}
      />
      <Unsaved isDirty={isDirty && !save.isPending} />
    </form>
  );
}

interface ShorterProps {
  days: number;
  isPending: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Keeping for a shorter time removes events for good, so it is asked. */
function Shorter({ days, isPending, onConfirm, onClose }: ShorterProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Confirm
      open={days > 0}
      title={t("sources.shorterTitle")}
      text={t("sources.shorterText", { days: format.number(days) })}
      action={t("sources.saveRules")}
      grave
      work={{ isPending, error: null }}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}

/** Ask before an unsaved change is left behind. */
function Unsaved({ isDirty }: { isDirty: boolean }) {
  const { t } = useTranslation();
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  return (
    <Confirm
      open={status === "blocked"}
      title={t("sources.leaveTitle")}
      text={t("sources.leaveText")}
      action={t("sources.leave")}
      work={SAVED}
      onConfirm={() => proceed?.()}
      onClose={() => reset?.()}
    />
  );
}
