import { Button, Group, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../api/session";
import { useProblemText } from "../ui/problem-note";
import { groupsQuery, makeGroup } from "./api";
import type { Condition } from "./types";

/** Keep a condition under a name, so that it can be chosen again anywhere. */
export function SaveGroup({ condition }: { condition: Condition | null }) {
  const { t } = useTranslation();
  const mayEdit = useAllowed("journeys.edit");
  const [open, { open: ask, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const problem = useProblemText();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (wanted: Condition) => makeGroup(name.trim(), wanted),
    onSuccess: async () => {
      close();
      notifications.show({ message: t("query.groupSaved", { name: name.trim() }) });
      await queries.invalidateQueries({ queryKey: groupsQuery.queryKey });
    },
  });
  if (!mayEdit) return <span />;
  if (!open)
    return (
      <Button variant="subtle" disabled={condition === null} onClick={ask}>
        {t("query.saveGroup")}
      </Button>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (condition !== null) save.mutate(condition);
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-start">
        <TextInput
          aria-label={t("query.groupName")}
          placeholder={t("query.groupName")}
          data-autofocus
          autoFocus
          value={name}
          error={save.isError ? problem(save.error) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          disabled={name.trim() === "" || condition === null}
          loading={save.isPending}
        >
          {t("common.save")}
        </Button>
      </Group>
    </form>
  );
}
