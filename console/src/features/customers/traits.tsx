import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/empty";
import { ValueText } from "@/shared/ui/json";
import { Plain } from "@/shared/ui/names";
import classes from "./customers.module.css";

type Trait = Person["traits"][number];

const EXAMPLE = `analytics.identify("u-1", { name: "سارا محمدی", city: "شیراز" })`;

/** What is known about the person, each with where and when it was said. */
export function Traits({ person }: { person: Person }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const columns = useMemo<TableColumn<Trait>[]>(
    () => [
      {
        id: "name",
        header: t("common.name"),
        sort: (row) => row.name,
        cell: (row) => (
          <bdi dir="ltr" className={classes.traitName}>
            {row.name}
          </bdi>
        ),
      },
      {
        id: "value",
        header: t("customers.traits.value"),
        cell: (row) => <ValueText value={row.value} />,
      },
      {
        id: "source",
        header: t("customers.traits.from"),
        wide: true,
        sort: (row) => row.source_name,
        cell: (row) => <Plain>{row.source_name}</Plain>,
      },
      {
        id: "at",
        header: t("common.time"),
        sort: (row) => row.occurred_at,
        cell: (row) => (
          <time dateTime={row.occurred_at} title={format.moment(row.occurred_at)}>
            {format.ago(row.occurred_at, now)}
          </time>
        ),
      },
    ],
    [t, format, now],
  );
  if (person.traits.length === 0) {
    return (
      <Empty
        title={t("customers.traits.empty")}
        text={t("customers.traits.emptyText")}
        command={EXAMPLE}
      />
    );
  }
  return (
    <DataTable
      label={t("customers.tabs.traits")}
      rows={person.traits}
      columns={columns}
      rowKey={(row) => row.name}
    />
  );
}
