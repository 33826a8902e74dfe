import { ActionIcon, Button, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconDots, IconEraser } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { followJob } from "@/shared/api/jobs";
import { useAllowed } from "@/shared/api/session";
import { PasswordField } from "@/shared/ui/account-fields";
import { ProblemNote } from "@/shared/ui/problem-note";

/** Erase a person from all stores: the owner's password is asked again. */
export function Erase({ person }: { person: string }) {
  const { t } = useTranslation();
  const allowed = useAllowed("people.erase");
  const [open, dialog] = useDisclosure(false);
  if (!allowed) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t("common.details")} variant="default">
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<IconEraser size={17} />} onClick={dialog.open}>
            {t("customers.erase.action")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={open} onClose={dialog.close} title={t("customers.erase.title")}>
        <EraseForm person={person} />
      </Modal>
    </>
  );
}

function EraseForm({ person }: { person: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const [password, setPassword] = useState("");
  const erase = useMutation({
    mutationFn: async () => {
      const params = { path: { person: Number(person) } };
      const body = { reason, password };
      const { job } = await ask(api.POST("/api/people/{person}/erase", { params, body }));
      return followJob(job);
    },
    onSuccess: async () => {
      notifications.show({ message: t("customers.erase.done") });
      await navigate({ to: "/customers" });
      queryClient.removeQueries({ queryKey: ["person", person] });
      await queryClient.invalidateQueries({ queryKey: ["people"] });
    },
  });
  return (
    <Stack>
      <p style={{ margin: 0 }}>{t("customers.erase.text")}</p>
      {erase.isError && <ProblemNote error={erase.error} />}
      <TextInput
        label={t("customers.identity.reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <PasswordField
        label={t("customers.erase.password")}
        value={password}
        onChange={setPassword}
      />
      <Button
        color="red"
        disabled={reason.trim() === "" || password === ""}
        loading={erase.isPending}
        onClick={() => erase.mutate()}
      >
        {t("customers.erase.confirm")}
      </Button>
    </Stack>
  );
}
