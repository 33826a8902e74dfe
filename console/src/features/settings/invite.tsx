import { Button, Modal, Radio, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import type { Role } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { EmailField } from "@/shared/ui/account-fields";
import { ProblemNote } from "@/shared/ui/problem-note";

export const ROLES: readonly Role[] = ["owner", "analyst", "agent"];

interface InviteProps {
  open: boolean;
  onClose: () => void;
  onLink: (link: string) => void;
}

/** Invite someone by a one-time link. */
export function Invite({ open, onClose, onLink }: InviteProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={open} onClose={onClose} title={t("settings.users.inviteTitle")}>
      <InviteForm
        onLink={(link) => {
          onClose();
          onLink(link);
        }}
      />
    </Modal>
  );
}

function InviteForm({ onLink }: Pick<InviteProps, "onLink">) {
  const { t } = useTranslation();
  const word = useWord();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("analyst");
  const invite = useMutation({
    mutationFn: () => ask(api.POST("/api/users", { body: { email: email.trim(), role } })),
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: ["users"] });
      onLink(answer.link);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {invite.isError && <ProblemNote error={invite.error} />}
        <EmailField autoFocus value={email} onChange={setEmail} />
        <Radio.Group
          label={t("settings.users.role")}
          value={role}
          onChange={(next) => setRole(next as Role)}
        >
          <Stack gap={6} mt={4}>
            {ROLES.map((one) => (
              <Radio
                key={one}
                value={one}
                label={word("roles", one)}
                description={word("rolesNote", one)}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Button type="submit" loading={invite.isPending} disabled={email.trim() === ""}>
          {t("settings.users.invite")}
        </Button>
      </Stack>
    </form>
  );
}
