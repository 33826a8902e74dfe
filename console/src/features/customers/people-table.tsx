import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { PersonRow } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { IdentifierText, PersonLink } from "@/shared/ui/names";
import classes from "./customers.module.css";

const IDENTIFIERS_SHOWN = 3;

export function PeopleTable({ rows }: { rows: PersonRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const navigate = useNavigate();
  const columns = useMemo<TableColumn<PersonRow>[]>(
    () => [
      {
        id: "person",
        header: t("common.person"),
        cell: (row) => <PersonLink person={row.person} label={row.label} />,
      },
      {
        id: "identifiers",
        header: t("customers.identifiers"),
        wide: true,
        cell: (row) => (
          <span className={classes.identifiers}>
            {row.identifiers.slice(0, IDENTIFIERS_SHOWN).map((id) => (
              <IdentifierText
                key={`${id.kind}:${id.value}`}
                kind={id.kind}
                value={id.value}
                short
              />
            ))}
          </span>
        ),
      },
      {
        id: "seen",
        header: t("customers.lastSeen"),
        nowrap: true,
        cell: (row) => (row.last_seen_at ? format.ago(row.last_seen_at, now) : t("common.never")),
      },
      {
        id: "events",
        header: t("customers.events"),
        numeric: true,
        cell: (row) => format.number(row.events),
      },
    ],
    [t, format, now],
  );
  return (
    <DataTable
      label={t("customers.title")}
      rows={rows}
      columns={columns}
      rowKey={(row) => row.person}
      onRow={(row) => void navigate({ to: "/customers/$person", params: { person: row.person } })}
    />
  );
}
