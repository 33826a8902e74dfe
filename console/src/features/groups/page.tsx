import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { changeGroup, dropGroup, groupsQuery, makeGroup } from "@/shared/query/api";
import { ConditionButton } from "@/shared/query/condition-button";
import type { Condition, Group as SavedGroup } from "@/shared/query/types";
import { useConditionWords } from "@/shared/query/words";
import { Confirm } from "@/shared/ui/confirm";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/empty";
import { LinkButton } from "@/shared/ui/link-button";
import { Plain } from "@/shared/ui/names";
import { Page } from "@/shared/ui/page";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";

type Editing = Pick<SavedGroup, "name"> & { id: string | null; condition: Condition | null };

/** Saved groups of people: who is in them, in words, and how many. */
export function GroupsPage() {
  const { t } = useTranslation();
  const mayEdit = useAllowed("journeys.edit");
  const groups = useQuery(groupsQuery);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [dropping, setDropping] = useState<SavedGroup | null>(null);
  const begin = () => setEditing({ id: null, name: "", condition: null });
  return (
    <Page
      title={t("groups.title")}
      lede={t("groups.lede")}
      actions={
        mayEdit && (
          <Button size="sm" onClick={begin}>
            {t("groups.make")}
          </Button>
        )
      }
    >
      <QueryView query={groups}>
        {(data) =>
          data.length === 0 ? (
            <Empty title={t("groups.empty")} text={t("groups.emptyText")}>
              {mayEdit && (
                <Button variant="default" onClick={begin}>
                  {t("groups.make")}
                </Button>
              )}
            </Empty>
          ) : (
            <Table groups={data} onEdit={setEditing} onDrop={setDropping} />
          )
        }
      </QueryView>
      {editing && <Editor editing={editing} onClose={() => setEditing(null)} />}
      {dropping && <Drop group={dropping} onClose={() => setDropping(null)} />}
    </Page>
  );
}

interface TableProps {
  groups: SavedGroup[];
  onEdit: (group: SavedGroup) => void;
  onDrop: (group: SavedGroup) => void;
}

function Table({ groups, onEdit, onDrop }: TableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useConditionWords();
  const mayEdit = useAllowed("journeys.edit");
  const columns: TableColumn<SavedGroup>[] = [
    {
      id: "name",
      header: t("common.name"),
      sort: (row) => row.name,
      cell: (row) => (
        <b>
          <Plain>{row.name}</Plain>
        </b>
      ),
    },
    { id: "who", header: t("groups.who"), cell: (row) => <bdi>{words(row.condition)}</bdi> },
    {
      id: "people",
      header: t("query.peopleBehind"),
      numeric: true,
      sort: (row) => row.people ?? 0,
      cell: (row) => (row.people === null ? t("query.suppressed") : format.number(row.people)),
    },
    {
      id: "changed",
      header: t("groups.changed"),
      wide: true,
      nowrap: true,
      cell: (row) => format.date(row.updated_at),
    },
    {
      id: "do",
      header: "",
      cell: (row) => (
        <Group gap={4} wrap="nowrap">
          <LinkButton
            to="/journeys/funnel"
            search={{ group: row.id }}
            size="compact-xs"
            variant="subtle"
          >
            {t("groups.use")}
          </LinkButton>
          {mayEdit && (
            <>
              <Button size="compact-xs" variant="subtle" onClick={() => onEdit(row)}>
                {t("groups.edit")}
              </Button>
              <Button size="compact-xs" variant="subtle" color="red" onClick={() => onDrop(row)}>
                {t("common.delete")}
              </Button>
            </>
          )}
        </Group>
      ),
    },
  ];
  return (
    <DataTable label={t("groups.title")} rows={groups} columns={columns} rowKey={(row) => row.id} />
  );
}

function useRefresh(onDone: () => void) {
  const queries = useQueryClient();
  return async () => {
    onDone();
    await queries.invalidateQueries({ queryKey: groupsQuery.queryKey });
  };
}

function Editor({ editing, onClose }: { editing: Editing; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(editing.name);
  const [condition, setCondition] = useState(editing.condition);
  const refresh = useRefresh(onClose);
  const save = useMutation({
    mutationFn: async (wanted: Condition) => {
      const said = { name: name.trim(), condition: wanted };
      if (editing.id === null) await makeGroup(said.name, said.condition);
      else await changeGroup(editing.id, said);
    },
    onSuccess: refresh,
  });
  const isReady = name.trim() !== "" && condition !== null;
  return (
    <Modal opened onClose={onClose} title={t(editing.id === null ? "groups.make" : "groups.edit")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (condition !== null) save.mutate(condition);
        }}
      >
        <Stack gap="sm" align="flex-start">
          <TextInput
            w="100%"
            label={t("query.groupName")}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <ConditionButton
            about="people"
            title={t("groups.who")}
            empty={t("query.describePeople")}
            value={condition}
            onChange={setCondition}
          />
          {save.isError && <ProblemNote error={save.error} />}
          <Button type="submit" disabled={!isReady} loading={save.isPending}>
            {t("common.save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function Drop({ group, onClose }: { group: SavedGroup; onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefresh(onClose);
  const drop = useMutation({ mutationFn: () => dropGroup(group.id), onSuccess: refresh });
  return (
    <Confirm
      open
      title={t("groups.drop", { name: group.name })}
      text={t("groups.dropText")}
      action={t("common.delete")}
      grave
      work={drop}
      onConfirm={() => drop.mutate()}
      onClose={onClose}
    />
  );
}
