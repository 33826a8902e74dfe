import { Button, Skeleton, UnstyledButton } from "@mantine/core";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { FigureText } from "@/shared/query/figure-text";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Empty } from "@/shared/ui/empty";
import { Section } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { AllowDialog } from "./allow-dialog";
import { Allowances } from "./allowances";
import { allowancesQuery } from "./api";
import { useDeviationName } from "./deviation-name";
import { EffectText } from "./effect";
import classes from "./maps.module.css";
import { touchpointsOf } from "./tree";
import type { Conformance, Deviation, MapShape } from "./types";
import { useWords } from "./use-words";

interface DeviationsProps {
  stored: MapShape;
  query: UseQueryResult<Conformance>;
  onPeople: (cell: string) => void;
}

/** Every way in which real journeys differ, with people, cost and effect; what may be allowed. */
export function Deviations({ stored, query, onPeople }: DeviationsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const name = useDeviationName();
  const mayEdit = useAllowed("journeys.edit");
  const allowances = useQuery(allowancesQuery(stored.id));
  const [asked, setAsked] = useState<Deviation | null>(null);
  const cards = touchpointsOf(stored.body);
  const title = (one: Deviation) => {
    const card = cards.find(({ id }) => id === one.touchpoint);
    return card ? words(card.label, card.id) : t("maps.nowhere");
  };
  const columns: TableColumn<Deviation>[] = [
    {
      id: "what",
      header: t("maps.what"),
      sort: (row) => row.key,
      cell: (row) => (
        <UnstyledButton className={classes.what} data-press onClick={() => onPeople(row.key)}>
          <b>
            <bdi>{title(row)}</bdi>
          </b>
          <span className={classes.kind} data-kind={row.kind}>
            {name(row)}
            {row.allowed && ` · ${t("maps.allowed")}`}
          </span>
        </UnstyledButton>
      ),
    },
    {
      id: "people",
      header: t("maps.people"),
      numeric: true,
      sort: (row) => row.people.count ?? 0,
      cell: (row) => <FigureText figure={row.people} />,
    },
    {
      id: "minutes",
      header: t("maps.minutes"),
      numeric: true,
      wide: true,
      sort: (row) => row.minutes,
      cell: (row) => (row.minutes < 1 ? "–" : format.span(row.minutes * 60)),
    },
    {
      id: "cost",
      header: t("maps.cost"),
      numeric: true,
      wide: true,
      sort: (row) => row.cost,
      cell: (row) => format.points(row.cost / Math.max(1, query.data?.attempts ?? 1)),
    },
    {
      id: "effect",
      header: t("maps.effect"),
      wide: true,
      sort: (row) => row.effect?.difference ?? 0,
      cell: (row) => row.effect && <EffectText effect={row.effect} />,
    },
  ];
  if (mayEdit)
    columns.push({
      id: "allow",
      header: t("maps.allow"),
      cell: (row) =>
        row.allowed ? null : (
          <Button size="compact-sm" variant="default" onClick={() => setAsked(row)}>
            {t("maps.allow")}
          </Button>
        ),
    });
  return (
    <>
      <QueryView query={query} skeleton={<Skeleton height={420} />}>
        {(data) =>
          data.deviations.length === 0 ? (
            <Empty title={t("maps.noDeviations")} text={t("maps.noDeviationsText")} />
          ) : (
            <>
              <p className={classes.lede}>{t("maps.deviationsText")}</p>
              <DataTable
                label={t("maps.views.deviations")}
                rows={data.deviations}
                rowKey={(row) => row.key}
                columns={columns}
              />
            </>
          )
        }
      </QueryView>
      {(allowances.data ?? []).length > 0 && (
        <Section title={t("maps.allowances")}>
          <Allowances stored={stored} rows={allowances.data ?? []} />
        </Section>
      )}
      <AllowDialog
        map={stored.id}
        deviation={asked}
        title={asked ? `${title(asked)}: ${name(asked)}` : ""}
        onClose={() => setAsked(null)}
      />
    </>
  );
}
