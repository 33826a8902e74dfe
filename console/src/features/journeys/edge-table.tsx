import { Anchor } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Graph, GraphEdge } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Plain } from "@/shared/ui/names";
import type { Cell } from "./cell";
import { edgeId } from "./simplify";

interface EdgeTableProps {
  graph: Graph;
  selected: string;
  onOpen: (cell: Cell) => void;
}

const keyOf = (edge: GraphEdge) => edgeId(edge.from, edge.to);

/** All connections as text and numbers. */
export function EdgeTable({ graph, selected, onOpen }: EdgeTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = useMemo(() => [...graph.edges].sort((a, b) => b.count - a.count), [graph]);
  const columns = useMemo<TableColumn<GraphEdge>[]>(
    () => [
      {
        id: "from",
        header: t("journeys.from"),
        sort: (row) => row.from,
        cell: (row) => <Plain>{row.from}</Plain>,
      },
      {
        id: "to",
        header: t("journeys.to"),
        sort: (row) => row.to,
        cell: (row) => <Plain>{row.to}</Plain>,
      },
      {
        id: "count",
        header: t("common.count"),
        numeric: true,
        sort: (row) => row.count,
        cell: (row) => (
          <Anchor
            component="button"
            type="button"
            size="sm"
            fw={600}
            onClick={(event) => {
              event.stopPropagation();
              onOpen({ of: "edge", from: row.from, to: row.to });
            }}
          >
            {format.number(row.count)}
          </Anchor>
        ),
      },
      {
        id: "mean",
        header: t("journeys.mean"),
        numeric: true,
        wide: true,
        sort: (row) => row.mean_s,
        cell: (row) => format.span(row.mean_s),
      },
      {
        id: "median",
        header: t("journeys.median"),
        numeric: true,
        sort: (row) => row.median_s,
        cell: (row) => format.span(row.median_s),
      },
      {
        id: "p95",
        header: t("journeys.p95"),
        numeric: true,
        wide: true,
        sort: (row) => row.p95_s,
        cell: (row) => format.span(row.p95_s),
      },
    ],
    [t, format, onOpen],
  );
  return (
    <DataTable
      label={t("journeys.views.table")}
      rows={rows}
      columns={columns}
      rowKey={keyOf}
      selected={(row) => keyOf(row) === selected}
      onRow={(row) => onOpen({ of: "edge", from: row.from, to: row.to })}
    />
  );
}
