import { Button, Group, Modal, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/shared/ui/problem-note";
import { useQuarantineWork } from "./api";

interface DiscardDialogProps {
  ids: number[] | null;
  onClose: () => void;
  onDone: () => void;
}

/** Ask before events are put aside. */
export function DiscardDialog({ ids, onClose, onDone }: DiscardDialogProps) {
  const { t } = useTranslation();
  const { discard } = useQuarantineWork(() => {
    notifications.show({ message: t("quarantine.discarded") });
    onDone();
    onClose();
  });
  return (
    <Modal
      opened={ids !== null}
      onClose={onClose}
      title={t("quarantine.discardTitle", { count: ids?.length ?? 0 })}
    >
      <Stack gap="sm">
        <p style={{ margin: 0 }}>{t("quarantine.discardText")}</p>
        {discard.isError && <ProblemNote error={discard.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button loading={discard.isPending} onClick={() => ids && discard.mutate(ids)}>
            {t("quarantine.discard")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
