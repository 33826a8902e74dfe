import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { Confirm } from "@/shared/ui/confirm";
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
    <Confirm
      open={ids !== null}
      title={t("quarantine.discardTitle", { count: ids?.length ?? 0 })}
      text={t("quarantine.discardText")}
      action={t("quarantine.discard")}
      grave
      work={discard}
      onConfirm={() => ids && discard.mutate(ids)}
      onClose={onClose}
    />
  );
}
