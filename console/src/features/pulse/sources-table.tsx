import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Pulse } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { ChannelName } from "@/shared/ui/names";
import classes from "./pulse.module.css";

type Row = Pulse["sources"][number];

/** Silent is alarming: it should speak. Quiet is a source that need not speak every hour. */
function stateOf(row: Row): "waiting" | "silent" | "quiet" | "flowing" {
  if (!row.last_event_at) return "waiting";
  if (row.silent) return "silent";
  return row.events_last_hour === 0 ? "quiet" : "flowing";
}

export function SourcesTable({ sources }: { sources: Row[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const columns = useMemo<TableColumn<Row>[]>(
    () => [
      {
        id: "name",
        header: t("common.source"),
        sort: (row) => row.name,
        cell: (row) => (
          <Link
            to="/sources/$source"
            params={{ source: String(row.id) }}
            className={classes.source}
          >
            <bdi>{row.name}</bdi>
          </Link>
        ),
      },
      {
        id: "channel",
        header: t("common.channel"),
        wide: true,
        sort: (row) => row.channel,
        cell: (row) => <ChannelName channel={row.channel} />,
      },
      {
        id: "hour",
        header: t("pulse.lastHour"),
        numeric: true,
        sort: (row) => row.events_last_hour,
        cell: (row) => (
          <Link to="/live" search={{ source: String(row.id) }} className={classes.number}>
            {format.number(row.events_last_hour)}
          </Link>
        ),
      },
      {
        id: "last",
        header: t("pulse.lastEvent"),
        wide: true,
        sort: (row) => row.last_event_at ?? "",
        cell: (row) => (row.last_event_at ? format.ago(row.last_event_at, now) : t("common.never")),
      },
      {
        id: "state",
        header: t("pulse.state"),
        sort: stateOf,
        cell: (row) => (
          <span className={classes.state} data-state={stateOf(row)}>
            {t(`pulse.${stateOf(row)}`)}
          </span>
        ),
      },
    ],
    [t, format, now],
  );
  return (
    <DataTable
      label={t("pulse.sources")}
      rows={sources}
      columns={columns}
      rowKey={(row) => String(row.id)}
    />
  );
}
