import { Button, Drawer } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { DataTable } from "@/shared/ui/data-table";
import { PersonLink } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { peopleQuery } from "./api";
import classes from "./maps.module.css";
import type { MapShape } from "./types";
import type { MapsParams } from "./url";
import { useCellName } from "./use-cell-name";

interface MapPeopleProps {
  stored: MapShape;
  /** The figure's cell; null closes the drawer. */
  cell: string | null;
  params: MapsParams;
  onClose: () => void;
}

/** Exactly the people behind a figure of the map; each opens to their story. */
export function MapPeople({ stored, cell, params, onClose }: MapPeopleProps) {
  const { t } = useTranslation();
  const name = useCellName(stored.body);
  return (
    <Drawer
      opened={cell !== null}
      onClose={onClose}
      position="right"
      size={480}
      title={cell && name(cell)}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {cell !== null && <People map={stored.id} cell={cell} params={params} />}
    </Drawer>
  );
}

interface PeopleProps {
  map: string;
  cell: string;
  params: MapsParams;
}

function People({ map, cell, params }: PeopleProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const people = useInfiniteQuery(peopleQuery(map, cell, params));
  const first = people.data?.pages[0];
  const rows = people.data?.pages.flatMap((page) => page.items) ?? [];
  const isTimed = rows.some((row) => row.seconds !== null);
  if (people.isError)
    return <ProblemNote error={people.error} retry={() => void people.refetch()} />;
  if (first === undefined) return <Lines />;
  return (
    <>
      <p className={classes.soft}>{t("query.peopleCount", { count: first.people })}</p>
      <DataTable
        label={t("query.peopleBehind")}
        rows={rows}
        rowKey={(row) => row.person}
        columns={[
          {
            id: "person",
            header: t("common.person"),
            cell: (row) => <PersonLink person={row.person} label={row.label} />,
          },
          {
            id: "at",
            header: t("maps.last"),
            nowrap: true,
            cell: (row) => <time dateTime={row.last_at}>{format.date(row.last_at)}</time>,
          },
          {
            id: "count",
            header: t("common.count"),
            numeric: true,
            cell: (row) => format.number(row.count),
          },
          ...(isTimed
            ? [
                {
                  id: "seconds",
                  header: t("maps.took"),
                  numeric: true,
                  cell: (row: (typeof rows)[number]) =>
                    row.seconds ? format.span(row.seconds) : "–",
                },
              ]
            : []),
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
