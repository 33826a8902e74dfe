import { Button, Drawer } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CellPerson } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { PersonLink } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { impactPeopleQuery } from "./api";
import classes from "./impact.module.css";
import type { ImpactAsk } from "./types";

interface ImpactPeopleProps {
  question: ImpactAsk;
  /** The figure's cell; null closes the drawer. */
  cell: string | null;
  title: ReactNode;
  onClose: () => void;
}

/** Exactly the people behind a number; each opens to their story. */
export function ImpactPeople({ question, cell, title, onClose }: ImpactPeopleProps) {
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
      {cell !== null && <People question={question} cell={cell} />}
    </Drawer>
  );
}

function People({ question, cell }: { question: ImpactAsk; cell: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const people = useInfiniteQuery(impactPeopleQuery(question, cell));
  const first = people.data?.pages[0];
  if (people.isError)
    return <ProblemNote error={people.error} retry={() => void people.refetch()} />;
  if (first === undefined) return <Lines />;
  const columns: TableColumn<CellPerson>[] = [
    {
      id: "person",
      header: t("common.person"),
      cell: (row) => <PersonLink person={row.person} label={row.label} />,
    },
    {
      id: "count",
      header: t("impact.times"),
      numeric: true,
      cell: (row) => format.number(row.count),
    },
    {
      id: "at",
      header: t("impact.lastAt"),
      nowrap: true,
      cell: (row) => <time dateTime={row.last_at}>{format.date(row.last_at)}</time>,
    },
  ];
  return (
    <>
      <p className={classes.soft}>{t("query.peopleCount", { count: first.people })}</p>
      <DataTable
        label={t("query.peopleBehind")}
        rows={people.data?.pages.flatMap((page) => page.items) ?? []}
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
