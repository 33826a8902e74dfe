import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CellPeople, CellPerson } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { PersonLink } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { peopleQuery } from "./api";
import type { Cell } from "./cell";
import classes from "./journeys.module.css";
import type { ServerFilter } from "./url";

const WHEN = {
  everyone: "journeys.lastTime",
  node: "journeys.lastTime",
  start: "common.time",
  end: "common.time",
  variant: "journeys.at.variant",
} as const;

/** Everybody a number counts: as many as it says, page by page. */
export function PeopleList({ cell, filter }: { cell: Cell; filter: ServerFilter }) {
  const { t } = useTranslation();
  const people = useInfiniteQuery(peopleQuery(cell, filter));
  const columns = useColumns(cell);
  const first = people.data?.pages[0];
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {people.isError && <ProblemNote error={people.error} retry={() => void people.refetch()} />}
      {people.isPending && <Lines />}
      {first && (
        <>
          <Sums cell={cell} sums={first} />
          <DataTable
            label={t("journeys.peopleBehind")}
            rows={rows}
            columns={columns}
            rowKey={(row) => row.person}
          />
        </>
      )}
      {people.hasNextPage && (
        <Button
          mt="sm"
          size="sm"
          variant="default"
          loading={people.isFetchingNextPage}
          onClick={() => void people.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </>
  );
}

function Sums({ cell, sums }: { cell: Cell; sums: CellPeople }) {
  const { t } = useTranslation();
  const format = useFormat();
  const repeats = cell.of === "edge" || cell.of === "node";
  return (
    <p className={classes.soft}>
      {repeats
        ? t("journeys.timesByPeople", {
            times: t("journeys.nodeCount", { count: sums.count }),
            people: t("journeys.nodePeople", { count: sums.people }),
          })
        : t("journeys.peopleCount", { count: sums.people })}
      {sums.median_s !== null && sums.p95_s !== null && (
        <>
          <br />
          {t("journeys.edgeNote", {
            median: format.span(sums.median_s),
            p95: format.span(sums.p95_s),
          })}
        </>
      )}
    </p>
  );
}

/** Times where somebody may count more than once, else when; how long where that is measured. */
function useColumns(cell: Cell): TableColumn<CellPerson>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { of } = cell;
  return useMemo(() => {
    const columns: TableColumn<CellPerson>[] = [
      {
        id: "person",
        header: t("common.person"),
        cell: (row) => <PersonLink person={row.person} label={row.label} />,
      },
    ];
    if (of === "edge" || of === "node" || of === "everyone")
      columns.push({
        id: "count",
        header: t(of === "everyone" ? "journeys.steps" : "journeys.times"),
        numeric: true,
        cell: (row) => format.number(row.count),
      });
    if (of !== "edge")
      columns.push({
        id: "at",
        header: t(WHEN[of]),
        nowrap: true,
        cell: (row) => <time dateTime={row.last_at}>{format.date(row.last_at)}</time>,
      });
    if (of === "edge" || of === "variant")
      columns.push({
        id: "seconds",
        header: t("journeys.took"),
        numeric: true,
        cell: (row) => (row.seconds === null ? "" : format.span(row.seconds)),
      });
    return columns;
  }, [t, format, of]);
}
