import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { ProblemNote } from "@/shared/ui/problem-note";
import { useMapWork } from "./api";
import type { Deviation } from "./types";

const DAY_MS = 86_400_000;
const SPANS = ["30", "90", "365", "0"] as const;

interface AllowDialogProps {
  map: string;
  deviation: Deviation | null;
  title: string;
  onClose: () => void;
}

/** Who allows a deviation, why, and until when. */
export function AllowDialog({ map, deviation, title, onClose }: AllowDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={deviation !== null}
      onClose={onClose}
      title={t("maps.allowTitle", { what: title })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {deviation && <Form map={map} deviation={deviation} onClose={onClose} />}
    </Modal>
  );
}

interface FormProps extends Pick<AllowDialogProps, "map" | "onClose"> {
  deviation: Deviation;
}

function Form({ map, deviation, onClose }: FormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { allow } = useMapWork(map);
  const [owner, setOwner] = useState("");
  const [reason, setReason] = useState("");
  const [days, setDays] = useState<string>(SPANS[1]);
  const until = days === "0" ? null : new Date(now + Number(days) * DAY_MS).toISOString();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    allow
      .mutateAsync({ deviation: deviation.key, owner, reason, expires_at: until })
      .then(onClose)
      // What went wrong is said in the dialog.
      .catch(() => undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          data-autofocus
          required
          label={t("maps.owner")}
          maxLength={200}
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <Textarea
          required
          autosize
          minRows={2}
          label={t("maps.reason")}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Select
          label={t("maps.until")}
          description={until === null ? t("maps.noEnd") : format.date(until)}
          allowDeselect={false}
          data={SPANS.map((value) => ({ value, label: t(`maps.spans.d${value}`) }))}
          value={days}
          onChange={(value) => value && setDays(value)}
        />
        {allow.error && <ProblemNote error={allow.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={allow.isPending}>
            {t("maps.allow")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
