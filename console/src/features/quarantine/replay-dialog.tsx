import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { QuarantineItem } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { JsonText } from "@/shared/ui/json";
import { ProblemNote } from "@/shared/ui/problem-note";
import { useQuarantineWork } from "./api";
import { draftFix, mergePatch, readFix } from "./merge-patch";

/** What will be replayed: these items, or everything with a reason (items are then examples). */
export interface ReplayChoice {
  items: QuarantineItem[];
  reason?: string;
}

interface ReplayDialogProps {
  choice: ReplayChoice | null;
  onClose: () => void;
  onDone: () => void;
}

export function ReplayDialog({ choice, onClose, onDone }: ReplayDialogProps) {
  const { t } = useTranslation();
  const word = useWord();
  const count = choice?.items.length ?? 0;
  const title = choice?.reason
    ? t("quarantine.replayReason", { reason: word("reasons", choice.reason) })
    : t("quarantine.replayTitle", { count });
  return (
    <Modal opened={choice !== null} onClose={onClose} title={title} size="lg">
      {choice && <ReplayForm choice={choice} onClose={onClose} onDone={onDone} />}
    </Modal>
  );
}

function ReplayForm({ choice, onClose, onDone }: ReplayDialogProps & { choice: ReplayChoice }) {
  const { t } = useTranslation();
  const example = choice.items[0];
  const [text, setText] = useState(example ? draftFix(example.reason, example.field) : "");
  const { fix, problem } = readFix(text);
  const { replay } = useQuarantineWork(({ result }) => {
    const stored = Number(result.stored ?? 0);
    const back = Number(result.refused ?? 0);
    notifications.show({ message: t("quarantine.replayed", { stored, back }) });
    onDone();
    onClose();
  });
  const target = choice.reason
    ? { reason: choice.reason }
    : { ids: choice.items.map((item) => item.id) };
  return (
    <Stack gap="sm">
      <p style={{ margin: 0 }}>{t("quarantine.replayText")}</p>
      {replay.isError && <ProblemNote error={replay.error} />}
      <Textarea
        label={t("quarantine.fix")}
        description={t("quarantine.fixNote")}
        dir="ltr"
        autosize
        minRows={3}
        maxRows={10}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        error={problem === undefined ? undefined : t("quarantine.fixBad", { detail: problem })}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {example && (
        <div>
          <span>{t("quarantine.preview")}</span>
          <JsonText
            value={fix ? mergePatch(example.event, fix) : example.event}
            label={t("quarantine.preview")}
          />
        </div>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button
          disabled={problem !== undefined}
          loading={replay.isPending}
          onClick={() => replay.mutate({ ...target, ...(fix ? { fix } : {}) })}
        >
          {t("quarantine.replay")}
        </Button>
      </Group>
    </Stack>
  );
}
