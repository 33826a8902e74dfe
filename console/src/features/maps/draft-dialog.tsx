import { Button, Group, Modal, MultiSelect, Slider, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { namesQuery } from "@/shared/api/queries";
import { useFormat } from "@/shared/format/use-format";
import { ProblemNote } from "@/shared/ui/problem-note";
import { useMapWork } from "./api";

interface DraftDialogProps {
  opened: boolean;
  onClose: () => void;
  onMade: (map: string) => void;
}

/** A new map, drafted from what people really did on their way to a goal. */
export function DraftDialog({ opened, onClose, onMade }: DraftDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("maps.draftTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {opened && <Form onClose={onClose} onMade={onMade} />}
    </Modal>
  );
}

function Form({ onClose, onMade }: Omit<DraftDialogProps, "opened">) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useQuery(namesQuery);
  const work = useMapWork("");
  const [name, setName] = useState("");
  const [id, setId] = useState("");
  const [goal, setGoal] = useState<string[]>([]);
  const [share, setShare] = useState(80);
  const make = async () => {
    const words = { en: name, fa: name };
    const found = await work.draft.mutateAsync({ id, name: words, goal, share: share / 100 });
    await work.create.mutateAsync(found.body);
    onMade(id);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What went wrong is said in the dialog.
    make().catch(() => undefined);
  };
  const error = work.draft.error ?? work.create.error;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{t("maps.draftText")}</Text>
        <TextInput
          data-autofocus
          required
          label={t("common.name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          required
          dir="ltr"
          label={t("maps.id")}
          description={t("maps.idText")}
          pattern="[a-z0-9][a-z0-9_\-]*"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <MultiSelect
          required
          searchable
          label={t("maps.goal")}
          description={t("maps.goalText")}
          data={(names.data ?? []).map((one) => one.name)}
          value={goal}
          onChange={setGoal}
        />
        <div>
          <Text size="sm" fw={500} id="draft-share">
            {t("maps.share", { share: format.percent(share / 100) })}
          </Text>
          <Slider
            min={20}
            max={100}
            step={5}
            label={null}
            thumbProps={{ "aria-labelledby": "draft-share" }}
            value={share}
            onChange={setShare}
          />
        </div>
        {error && <ProblemNote error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            disabled={goal.length === 0}
            loading={work.draft.isPending || work.create.isPending}
          >
            {t("maps.draftDo")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
