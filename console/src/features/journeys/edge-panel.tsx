import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { PersonLink, Plain } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { edgeQuery } from "./api";
import classes from "./journeys.module.css";
import { SidePanel } from "./panel";
import type { ServerFilter } from "./url";

interface EdgePanelProps {
  from: string;
  to: string;
  filter: ServerFilter;
  onClose: () => void;
}

interface EdgePerson {
  person: string;
  label: string;
  count: number;
  seconds: number;
}

/** The people who went from one step straight to the next, and how long it took them. */
export function EdgePanel({ from, to, filter, onClose }: EdgePanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const people = useInfiniteQuery(edgeQuery(from, to, filter));
  const columns = useMemo<TableColumn<EdgePerson>[]>(
    () => [
      {
        id: "person",
        header: t("common.person"),
        cell: (row) => <PersonLink person={row.person} label={row.label} />,
      },
      {
        id: "count",
        header: t("journeys.times"),
        numeric: true,
        sort: (row) => row.count,
        cell: (row) => format.number(row.count),
      },
      {
        id: "seconds",
        header: t("journeys.took"),
        numeric: true,
        sort: (row) => row.seconds,
        cell: (row) => format.span(row.seconds),
      },
    ],
    [t, format],
  );
  const first = people.data?.pages[0];
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <SidePanel
      onClose={onClose}
      title={
        <>
          <span>
            <Plain>{from}</Plain>
          </span>
          <span>
            <IconArrowRight size={16} className={`mirror ${classes.panelArrow}`} aria-hidden />{" "}
            <Plain>{to}</Plain>
          </span>
        </>
      }
    >
      {people.isError && <ProblemNote error={people.error} retry={() => void people.refetch()} />}
      {people.isPending && <Lines />}
      {first && (
        <>
          <p className={classes.soft}>
            {t("journeys.edgeNote", {
              median: format.span(first.median_s ?? 0),
              p95: format.span(first.p95_s ?? 0),
            })}
          </p>
          <DataTable
            label={t("journeys.edgePeople")}
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
    </SidePanel>
  );
}
