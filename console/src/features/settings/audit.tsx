import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import type { AuditRow } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/empty";
import { Plain } from "@/shared/ui/names";
import { Page } from "@/shared/ui/page";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import { useActor, useSubject } from "./audit-names";

const parse = (search: UrlSearch) => ({ subject: one(search, "subject") });
const WAIT_MS = 250;

/** Who looked at whom, newest first. */
export function AuditPage() {
  const { t } = useTranslation();
  const [{ subject }, setUrl] = useUrl(parse);
  const [text, setText] = useState(subject);
  const filter = useDebouncedCallback(
    (value: string) => setUrl({ subject: value || undefined }, { replace: true }),
    WAIT_MS,
  );
  const audit = useInfiniteQuery({
    queryKey: ["audit", subject],
    initialPageParam: "",
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(subject === "" ? {} : { subject }),
        ...(pageParam === "" ? {} : { cursor: pageParam }),
      };
      return ask(api.GET("/api/audit", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page title={t("settings.audit.title")} lede={t("settings.audit.lede")}>
      <TextInput
        type="search"
        maw={360}
        aria-label={t("settings.audit.filter")}
        placeholder={t("settings.audit.filter")}
        leftSection={<IconSearch size={17} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          filter(event.currentTarget.value.trim());
        }}
      />
      {audit.isError && <ProblemNote error={audit.error} retry={() => void audit.refetch()} />}
      {audit.isPending && <Lines count={10} />}
      {audit.data && rows.length === 0 && (
        <Empty title={t("settings.audit.empty")} text={t("settings.audit.emptyText")} />
      )}
      {rows.length > 0 && <AuditTable rows={rows} />}
      {audit.hasNextPage && (
        <Button
          variant="default"
          loading={audit.isFetchingNextPage}
          onClick={() => void audit.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </Page>
  );
}

function purposeColumn(header: string, word: ReturnType<typeof useWord>): TableColumn<AuditRow> {
  return {
    id: "purpose",
    header,
    wide: true,
    cell: (row) => row.purpose && word("purposes", row.purpose),
  };
}

function AuditTable({ rows }: { rows: AuditRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const actor = useActor();
  const subject = useSubject();
  const hasPurpose = rows.some((row) => row.purpose !== "");
  const columns = useMemo<TableColumn<AuditRow>[]>(
    () => [
      {
        id: "at",
        header: t("settings.audit.at"),
        cell: (row) => <time dateTime={row.at}>{format.moment(row.at)}</time>,
      },
      {
        id: "who",
        header: t("settings.audit.who"),
        cell: (row) => <Plain>{row.actor_name || actor(row.actor)}</Plain>,
      },
      {
        id: "what",
        header: t("settings.audit.what"),
        cell: (row) => word("actions", row.action),
      },
      {
        id: "whom",
        header: t("settings.audit.whom"),
        cell: (row) => subject(row),
      },
      ...(hasPurpose ? [purposeColumn(t("settings.audit.purpose"), word)] : []),
    ],
    [t, format, word, actor, subject, hasPurpose],
  );
  return (
    <DataTable
      label={t("settings.audit.title")}
      rows={rows}
      columns={columns}
      rowKey={(row) => String(row.id)}
    />
  );
}
