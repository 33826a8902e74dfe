import { UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import classes from "./data-table.module.css";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns,
});

export interface TableColumn<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Given: the column can be sorted by it. */
  sort?: (row: T) => number | string;
  numeric?: boolean;
  nowrap?: boolean;
  /** Hidden on narrow screens. */
  wide?: boolean;
}

interface DataTableProps<T> {
  label: string;
  rows: T[];
  columns: readonly TableColumn<T>[];
  rowKey: (row: T) => string;
  onRow?: (row: T) => void;
  selected?: (row: T) => boolean;
}

interface Meta {
  numeric?: boolean;
  nowrap?: boolean;
  wide?: boolean;
}

/** A dense table with columns that can be sorted. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { label, rows, columns, rowKey, onRow, selected } = props;
  const { t } = useTranslation();
  const defs = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, T> => ({
          id: column.id,
          header: column.header,
          accessorFn: column.sort ?? (() => 0),
          cell: ({ row }) => column.cell(row.original),
          enableSorting: column.sort !== undefined,
          sortDescFirst: column.numeric ?? false,
          meta: { numeric: column.numeric, nowrap: column.nowrap, wide: column.wide } as object,
        }),
      ),
    [columns],
  );
  const table = useTable({ features, columns: defs, data: rows, getRowId: rowKey });
  const arrow = { asc: <IconArrowUp size={14} />, desc: <IconArrowDown size={14} /> };
  return (
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <table className={classes.table}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const { numeric, wide } = (header.column.columnDef.meta ?? {}) as Meta;
                const sorted = header.column.getIsSorted();
                const text = String(header.column.columnDef.header);
                return (
                  <th
                    key={header.id}
                    scope="col"
                    data-numeric={numeric}
                    data-wide={wide}
                    aria-sort={sorted ? (sorted === "asc" ? "ascending" : "descending") : undefined}
                  >
                    {header.column.getCanSort() ? (
                      <UnstyledButton
                        className={classes.sort}
                        onClick={header.column.getToggleSortingHandler()}
                        title={t("common.sortBy", { column: text })}
                      >
                        {text}
                        {sorted && arrow[sorted]}
                      </UnstyledButton>
                    ) : (
                      text
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr
              key={row.id}
              data-click={onRow !== undefined}
              data-selected={selected?.(row.original)}
              onClick={onRow && (() => onRow(row.original))}
            >
              {row.getAllCells().map((cell) => {
                const { numeric, nowrap, wide } = (cell.column.columnDef.meta ?? {}) as Meta;
                return (
                  <td key={cell.id} data-numeric={numeric} data-nowrap={nowrap} data-wide={wide}>
                    <table.FlexRender cell={cell} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
