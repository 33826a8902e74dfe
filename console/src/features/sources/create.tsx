import { Button, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { ProblemNote } from "@/shared/ui/problem-note";
import { ChannelField } from "./channel-field";

/** A new source with its first key; then straight on to its snippets. */
export function CreateSource({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={open} onClose={onClose} title={t("sources.createTitle")}>
      <CreateForm />
    </Modal>
  );
}

async function createWithKey(name: string, channel: string) {
  const source = await ask(api.POST("/api/sources", { body: { name, channel } }));
  if (source.keys.length === 0) {
    const params = { path: { source: source.id } };
    await ask(api.POST("/api/sources/{source}/keys", { params, body: { name } }));
  }
  return source;
}

function CreateForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [channel, setChannel] = useState("web");
  const create = useMutation({
    mutationFn: () => createWithKey(name.trim(), channel),
    onSuccess: async (source) => {
      await queryClient.invalidateQueries({ queryKey: ["sources"] });
      await navigate({ to: "/sources/$source", params: { source: String(source.id) } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {create.isError && <ProblemNote error={create.error} />}
        <TextInput
          label={t("sources.name")}
          placeholder={t("sources.namePlaceholder")}
          required
          withAsterisk={false}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ChannelField value={channel} onChange={setChannel} />
        <Button
          type="submit"
          loading={create.isPending}
          disabled={name.trim() === "" || channel === ""}
        >
          {t("common.create")}
        </Button>
      </Stack>
    </form>
  );
}
