import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { ProblemNote } from "@/shared/ui/problem-note";
import type { VerdictGiven } from "./types";

export type Asked = "owner" | "snooze" | "dismiss";

const DAY_MS = 86_400_000;
const SLEEPS = ["7", "30", "90"] as const;

interface VerdictDialogProps {
  asked: Asked | null;
  title: string;
  owner: string;
  work: { isPending: boolean; error: unknown };
  onDone: (change: VerdictGiven) => Promise<void>;
  onClose: () => void;
}

/** Who cares for it, how long it sleeps, or why it is dismissed. */
export function VerdictDialog({ asked, title, onClose, ...rest }: VerdictDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={asked !== null}
      onClose={onClose}
      title={asked && t(`friction.dialogs.${asked}`, { what: title })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {asked && <Form key={asked} asked={asked} onClose={onClose} {...rest} />}
    </Modal>
  );
}

interface FormProps extends Omit<VerdictDialogProps, "asked" | "title"> {
  asked: Asked;
}

function Form({ asked, owner, work, onDone, onClose }: FormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const [text, setText] = useState(asked === "owner" ? owner : "");
  const [days, setDays] = useState<string>(SLEEPS[0]);
  const until = new Date(now + Number(days) * DAY_MS).toISOString();
  const changes: Record<Asked, VerdictGiven> = {
    owner: { owner: text },
    snooze: { state: "snoozed", until, reason: text },
    dismiss: { state: "dismissed", reason: text },
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What went wrong is said in the dialog.
    onDone(changes[asked]).catch(() => undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {asked === "snooze" && (
          <Select
            label={t("friction.sleep")}
            description={t("friction.comesBack", { at: format.date(until) })}
            allowDeselect={false}
            data={SLEEPS.map((value) => ({ value, label: t(`friction.sleeps.d${value}`) }))}
            value={days}
            onChange={(value) => value && setDays(value)}
          />
        )}
        {asked === "owner" ? (
          <TextInput
            data-autofocus
            label={t("friction.owner")}
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : (
          <Textarea
            data-autofocus
            label={t("friction.reason")}
            required={asked === "dismiss"}
            maxLength={1000}
            autosize
            minRows={2}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {work.error != null && <ProblemNote error={work.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={work.isPending}>
            {t(`friction.do.${asked}`)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
