import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { sourcesQuery } from "@/shared/api/queries";
import { useAllowed } from "@/shared/api/session";
import type { Source } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/empty";
import { ChannelName } from "@/shared/ui/names";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import { CreateSource } from "./create";
import classes from "./sources.module.css";

const parse = (search: UrlSearch) => ({ creating: one(search, "create") === "1" });

/** All sources. */
export function SourcesPage() {
  const { t } = useTranslation();
  const [{ creating }, setUrl] = useUrl(parse);
  const mayEdit = useAllowed("sources.edit");
  const sources = useQuery(sourcesQuery);
  const create = mayEdit && (
    <Button size="sm" leftSection={<IconPlus size={17} />} onClick={() => setUrl({ create: "1" })}>
      {t("sources.create")}
    </Button>
  );
  return (
    <Page title={t("sources.title")} lede={t("sources.lede")} actions={create}>
      <QueryView query={sources}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t("sources.empty")} text={t("sources.emptyText")}>
              {create}
            </Empty>
          ) : (
            <SourceTable rows={rows} />
          )
        }
      </QueryView>
      <CreateSource open={creating} onClose={() => setUrl({ create: undefined })} />
    </Page>
  );
}

function SourceTable({ rows }: { rows: Source[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const navigate = useNavigate();
  const columns = useMemo<TableColumn<Source>[]>(
    () => [
      {
        id: "name",
        header: t("common.name"),
        sort: (row) => row.name,
        cell: (row) => (
          <Link to="/sources/$source" params={{ source: String(row.id) }} className={classes.name}>
            <bdi>{row.name}</bdi>
            {row.archived_at && (
              <span className={classes.soft}> ({t("sources.archivedMark")})</span>
            )}
          </Link>
        ),
      },
      {
        id: "channel",
        header: t("sources.channel"),
        sort: (row) => row.channel,
        wide: true,
        cell: (row) => <ChannelName channel={row.channel} />,
      },
      {
        id: "stored",
        header: t("sources.stored"),
        numeric: true,
        sort: (row) => row.stored,
        cell: (row) => format.number(row.stored),
      },
      {
        id: "quarantined",
        header: t("sources.quarantined"),
        numeric: true,
        wide: true,
        sort: (row) => row.quarantined,
        cell: (row) => (
          <Link
            to="/quarantine"
            search={{ source: String(row.id) }}
            onClick={(event) => event.stopPropagation()}
          >
            {format.number(row.quarantined)}
          </Link>
        ),
      },
      {
        id: "last",
        header: t("sources.lastEvent"),
        sort: (row) => row.last_event_at ?? "",
        cell: (row) => (row.last_event_at ? format.ago(row.last_event_at, now) : t("common.never")),
      },
    ],
    [t, format, now],
  );
  return (
    <DataTable
      label={t("sources.title")}
      rows={rows}
      columns={columns}
      rowKey={(row) => String(row.id)}
      onRow={(row) => void navigate({ to: "/sources/$source", params: { source: String(row.id) } })}
    />
  );
}
