import { Button, Checkbox, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import type { Permission } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { ProblemNote } from "@/shared/ui/problem-note";

const SCOPES: readonly Permission[] = [
  "profiles.read",
  "people.read",
  "journeys.read",
  "journeys.edit",
  "pulse.read",
  "sources.read",
  "quarantine.read",
  "quarantine.edit",
  "ingest.bulk",
];
const DAYS = [30, 90, 365];

interface NewTokenProps {
  open: boolean;
  onClose: () => void;
  onToken: (token: string) => void;
}

/** A new token with only what it needs. */
export function NewToken({ open, onClose, onToken }: NewTokenProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={open} onClose={onClose} title={t("settings.tokens.create")}>
      <TokenForm
        onToken={(token) => {
          onClose();
          onToken(token);
        }}
      />
    </Modal>
  );
}

function TokenForm({ onToken }: Pick<NewTokenProps, "onToken">) {
  const { t } = useTranslation();
  const word = useWord();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Permission[]>(["profiles.read"]);
  const [days, setDays] = useState("90");
  const create = useMutation({
    mutationFn: () => {
      const expiry = days === "" ? {} : { expires_in_days: Number(days) };
      return ask(api.POST("/api/tokens", { body: { name: name.trim(), scopes, ...expiry } }));
    },
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: ["tokens"] });
      onToken(answer.token);
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
          label={t("settings.tokens.name")}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group
          label={t("settings.tokens.scopes")}
          value={scopes}
          onChange={(next) => setScopes(next as Permission[])}
        >
          <Stack gap={6} mt={4}>
            {SCOPES.map((scope) => (
              <Checkbox key={scope} value={scope} label={word("scopes", scope)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect
          label={t("settings.tokens.expiresIn")}
          data={[
            ...DAYS.map((count) => ({
              value: String(count),
              label: t("settings.tokens.days", { count }),
            })),
            { value: "", label: t("common.never") },
          ]}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <Button
          type="submit"
          disabled={name.trim() === "" || scopes.length === 0}
          loading={create.isPending}
        >
          {t("common.create")}
        </Button>
      </Stack>
    </form>
  );
}
