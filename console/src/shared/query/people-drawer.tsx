import { Button, Drawer } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CellPerson } from "../api/types";
import { useFormat } from "../format/use-format";
import { DataTable, type TableColumn } from "../ui/data-table";
import { PersonLink } from "../ui/names";
import { ProblemNote } from "../ui/problem-note";
import { Lines } from "../ui/query-view";
import { cellQuery } from "./api";
import classes from "./query.module.css";
import type { Query } from "./types";

interface PeopleDrawerProps {
  query: Query;
  /** The figure's cell; null closes the drawer. */
  cell: string | null;
  title: ReactNode;
  onClose: () => void;
  /** More to do with a person, e.g. have them explained. */
  action?: (row: CellPerson) => ReactNode;
  children?: ReactNode;
}

/** Exactly the people behind a number, page by page; each opens to their story. */
export function PeopleDrawer(props: PeopleDrawerProps) {
  const { query, cell, title, onClose, action, children } = props;
  const { t } = useTranslation();
  return (
    <Drawer
      opened={cell !== null}
      onClose={onClose}
      position="right"
      size={460}
      title={title}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {cell !== null && (
        <People query={query} cell={cell} action={action}>
          {children}
        </People>
      )}
    </Drawer>
  );
}

interface PeopleProps {
  query: Query;
  cell: string;
  action: PeopleDrawerProps["action"];
  children: ReactNode;
}

function People({ query, cell, action, children }: PeopleProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const people = useInfiniteQuery(cellQuery(query, cell));
  const first = people.data?.pages[0];
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  const isTimed = rows.some((row) => (row.seconds ?? 0) > 0);
  const columns = useMemo(() => {
    const made: TableColumn<CellPerson>[] = [
      {
        id: "person",
        header: t("common.person"),
        cell: (row) => <PersonLink person={row.person} label={row.label} />,
      },
      {
        id: "at",
        header: t("common.time"),
        nowrap: true,
        cell: (row) => <time dateTime={row.last_at}>{format.date(row.last_at)}</time>,
      },
    ];
    if (isTimed)
      made.push({
        id: "seconds",
        header: t("query.took"),
        numeric: true,
        cell: (row) => (row.seconds === null ? "" : format.span(row.seconds)),
      });
    if (action) made.push({ id: "action", header: t("query.more"), cell: action });
    return made;
  }, [t, format, isTimed, action]);
  if (people.isError)
    return <ProblemNote error={people.error} retry={() => void people.refetch()} />;
  if (first === undefined) return <Lines />;
  return (
    <>
      <p className={classes.soft}>{t("query.peopleCount", { count: first.people })}</p>
      {children}
      <DataTable
        label={t("query.peopleBehind")}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.person}
      />
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
