import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Claim } from "@/shared/api/types";
import { IdentifierText, Plain, splitLabel } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import type { Severance } from "./severance-list";
import { useMerge } from "./use-merge";

interface SeparateDialogProps {
  person: string;
  claim: Claim | null;
  onClose: () => void;
}

/** Ask before a merge is undone, and why. */
export function SeparateDialog({ person, claim, onClose }: SeparateDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const { separate } = useMerge(person, () => {
    setReason("");
    onClose();
  });
  const confirm = () => {
    if (claim) separate.mutate({ a: claim.a, b: claim.b, reason: reason.trim() });
  };
  return (
    <Modal opened={claim !== null} onClose={onClose} title={t("customers.identity.separateTitle")}>
      <Stack gap="sm">
        {claim && (
          <div>
            <div>
              <IdentifierText {...splitLabel(claim.a_label)} />
            </div>
            <div>
              <IdentifierText {...splitLabel(claim.b_label)} />
            </div>
          </div>
        )}
        <p style={{ margin: 0 }}>{t("customers.identity.separateText")}</p>
        {separate.isError && <ProblemNote error={separate.error} />}
        <Textarea
          label={t("customers.identity.reason")}
          placeholder={t("customers.identity.reasonPlaceholder")}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button disabled={reason.trim() === ""} loading={separate.isPending} onClick={confirm}>
            {t("customers.identity.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface RejoinDialogProps {
  person: string;
  severance: Severance | null;
  onClose: () => void;
}

/** Ask before a separation is taken back. */
export function RejoinDialog({ person, severance, onClose }: RejoinDialogProps) {
  const { t } = useTranslation();
  const { rejoin } = useMerge(person, onClose);
  return (
    <Modal
      opened={severance !== null}
      onClose={onClose}
      title={t("customers.identity.rejoinTitle")}
    >
      <Stack gap="sm">
        <p style={{ margin: 0 }}>{t("customers.identity.rejoinText")}</p>
        {severance?.reason && <Plain>{severance.reason}</Plain>}
        {rejoin.isError && <ProblemNote error={rejoin.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            loading={rejoin.isPending}
            onClick={() => severance && rejoin.mutate(severance.id)}
          >
            {t("customers.identity.rejoinConfirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
