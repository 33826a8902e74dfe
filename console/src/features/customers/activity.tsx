import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { ChannelName, Plain } from "@/shared/ui/names";
import { Columns, Section } from "@/shared/ui/page";
import classes from "./customers.module.css";

type Row = Person["activity"][number];

/** How often each thing was done; a count opens the timeline at those events. */
export function Activity({ person }: { person: Person }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const columns = useMemo<TableColumn<Row>[]>(
    () => [
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
        cell: (row) => (
          <Link
            to="/customers/$person"
            params={{ person: person.person }}
            search={{ name: row.name }}
            className={classes.count}
          >
            {format.number(row.count)}
          </Link>
        ),
      },
      {
        id: "first",
        header: t("customers.activity.first"),
        wide: true,
        sort: (row) => row.first_at,
        cell: (row) => format.date(row.first_at),
      },
      {
        id: "last",
        header: t("customers.activity.last"),
        sort: (row) => row.last_at,
        cell: (row) => format.ago(row.last_at, now),
      },
    ],
    [t, format, now, person.person],
  );
  const most = Math.max(1, ...person.channels.map((one) => one.count));
  return (
    <Columns>
      <DataTable
        label={t("customers.tabs.activity")}
        rows={person.activity}
        columns={columns}
        rowKey={(row) => row.name}
      />
      <Section title={t("customers.activity.channels")}>
        <ul className={classes.channels}>
          {person.channels.map((one) => (
            <li key={one.channel}>
              <Link
                to="/customers/$person"
                params={{ person: person.person }}
                search={{ channel: one.channel }}
                className={classes.channelLink}
              >
                <ChannelName channel={one.channel} />
                <span>{format.number(one.count)}</span>
                <span
                  className={classes.bar}
                  style={{ inlineSize: `${(100 * one.count) / most}%` }}
                  aria-hidden
                />
              </Link>
            </li>
          ))}
        </ul>
      </Section>
    </Columns>
  );
}
