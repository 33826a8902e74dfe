import { Button, MultiSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { DataTable } from "@/shared/ui/data-table";
import { Plain } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";
import { rolesQuery, useFrictionWork } from "./api";
import classes from "./friction.module.css";
import type { EventRole, RolesRow } from "./types";

const SHOWN = 100;

/** What each event name means: read from the name, and set right by hand. */
export function RolesEditor() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [wanted] = useDebouncedValue(typed.trim().toLocaleLowerCase(), 150);
  const roles = useQuery(rolesQuery);
  return (
    <>
      <p className={classes.lede}>{t("friction.rolesNote")}</p>
      <TextInput
        label={t("common.search")}
        maw={320}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <QueryView query={roles}>
        {({ items, known }) => (
          <RolesTable
            rows={items.filter(({ name }) => name.toLocaleLowerCase().includes(wanted))}
            known={known}
          />
        )}
      </QueryView>
    </>
  );
}

function RolesTable({ rows, known }: { rows: RolesRow[]; known: EventRole[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useAllowed("journeys.edit");
  const { setRoles } = useFrictionWork();
  const choices = known.map((value) => ({ value, label: t(`friction.roles.${value}`) }));
  return (
    <>
      {setRoles.error != null && <ProblemNote error={setRoles.error} />}
      <DataTable
        label={t("friction.views.roles")}
        rows={rows.slice(0, SHOWN)}
        rowKey={(row) => row.name}
        columns={[
          {
            id: "name",
            header: t("common.event"),
            sort: (row) => row.name,
            cell: (row) => <Plain>{row.name}</Plain>,
          },
          {
            id: "count",
            header: t("common.count"),
            numeric: true,
            sort: (row) => row.count,
            cell: (row) => format.number(row.count),
          },
          {
            id: "roles",
            header: t("friction.means"),
            cell: (row) => (
              <MultiSelect
                aria-label={t("friction.rolesOf", { name: row.name })}
                size="sm"
                miw={240}
                data={choices}
                searchable
                disabled={!mayEdit || setRoles.isPending}
                value={row.roles}
                onChange={(value) =>
                  setRoles.mutate({ name: row.name, roles: value as EventRole[] })
                }
              />
            ),
          },
          {
            id: "rule",
            header: t("friction.from"),
            cell: (row) =>
              row.is_set && mayEdit ? (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => setRoles.mutate({ name: row.name, roles: null })}
                >
                  {t("friction.byRule")}
                </Button>
              ) : (
                <span className={classes.soft}>
                  {row.is_set ? t("friction.byHand") : t("friction.byName")}
                </span>
              ),
          },
        ]}
      />
      {rows.length > SHOWN && (
        <p className={classes.soft}>{t("friction.moreNames", { count: rows.length - SHOWN })}</p>
      )}
    </>
  );
}
