import { Button, Drawer } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { DataTable } from "@/shared/ui/data-table";
import { PersonLink } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { problemPeopleQuery } from "./api";
import classes from "./friction.module.css";
import type { FrictionParams } from "./url";

interface ProblemPeopleProps {
  /** Of the problem; null closes the drawer. */
  problem: string | null;
  params: FrictionParams;
  title: ReactNode;
  onClose: () => void;
}

/** Exactly the people who met a problem; each opens to their story. */
export function ProblemPeople({ problem, params, title, onClose }: ProblemPeopleProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={problem !== null}
      onClose={onClose}
      position="right"
      size={480}
      title={title}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {problem !== null && <People problem={problem} params={params} />}
    </Drawer>
  );
}

function People({ problem, params }: { problem: string; params: FrictionParams }) {
  const { t } = useTranslation();
  const format = useFormat();
  const people = useInfiniteQuery(problemPeopleQuery(problem, params));
  const first = people.data?.pages[0];
  if (people.isError)
    return <ProblemNote error={people.error} retry={() => void people.refetch()} />;
  if (first === undefined) return <Lines />;
  return (
    <>
      <p className={classes.soft}>{t("query.peopleCount", { count: first.people })}</p>
      <DataTable
        label={t("query.peopleBehind")}
        rows={people.data?.pages.flatMap((page) => page.items) ?? []}
        rowKey={(row) => row.person}
        columns={[
          {
            id: "person",
            header: t("common.person"),
            cell: (row) => <PersonLink person={row.person} label={row.label} />,
          },
          {
            id: "at",
            header: t("friction.last"),
            nowrap: true,
            cell: (row) => <time dateTime={row.last_at}>{format.moment(row.last_at)}</time>,
          },
          {
            id: "count",
            header: t("common.count"),
            numeric: true,
            cell: (row) => format.number(row.count),
          },
        ]}
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
