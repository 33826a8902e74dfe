import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "./problem-note";

interface ConfirmProps {
  open: boolean;
  title: string;
  text: ReactNode;
  /** What the button does, in a verb. */
  action: string;
  /** It cannot be taken back. */
  grave?: boolean;
  work: { isPending: boolean; error: unknown };
  onConfirm: () => void;
  onClose: () => void;
}

/** Ask before something that is hard or impossible to take back. */
export function Confirm(props: ConfirmProps) {
  const { open, title, text, action, grave = false, work, onConfirm, onClose } = props;
  const { t } = useTranslation();
  return (
    <Modal opened={open} onClose={onClose} title={title}>
      <Stack gap="sm">
        <div>{text}</div>
        {work.error != null && <ProblemNote error={work.error} />}
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button color={grave ? "red" : undefined} loading={work.isPending} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
