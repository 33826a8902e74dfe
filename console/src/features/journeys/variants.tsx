import { IconChevronRight } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Fragment, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Variant } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Plain } from "@/shared/ui/names";
import { Section } from "@/shared/ui/page";
import { Lines, QueryView } from "@/shared/ui/query-view";
import { variantsQuery } from "./api";
import classes from "./journeys.module.css";
import { Nothing } from "./nothing";
import { isFiltered, type ServerFilter } from "./url";

/** Whole journeys and how many people took each. */
export function VariantsView({ filter }: { filter: ServerFilter }) {
  const { t } = useTranslation();
  const query = useQuery({ ...variantsQuery(filter), placeholderData: keepPreviousData });
  return (
    <Section title={t("journeys.views.variants")} note={t("journeys.variantsNote")}>
      <QueryView query={query} skeleton={<Lines count={10} />}>
        {(data) =>
          data.items.length === 0 ? (
            <Nothing filtered={isFiltered(filter)} />
          ) : (
            <VariantsTable variants={data.items} />
          )
        }
      </QueryView>
    </Section>
  );
}

/** Equal steps in a row become one with a count: A, A, A → A ×3. */
export function folded(names: readonly string[]): { name: string; times: number; at: number }[] {
  const steps: { name: string; times: number; at: number }[] = [];
  names.forEach((name, at) => {
    const last = steps.at(-1);
    if (last?.name === name) last.times += 1;
    else steps.push({ name, times: 1, at });
  });
  return steps;
}

function Chain({ names }: { names: string[] }) {
  const format = useFormat();
  return (
    <span className={classes.chain}>
      {folded(names).map((step, index) => (
        <Fragment key={step.at}>
          {index > 0 && <IconChevronRight size={14} className="mirror" aria-hidden />}
          <b>
            <Plain>{step.name}</Plain>
            {step.times > 1 && ` ×${format.number(step.times)}`}
          </b>
        </Fragment>
      ))}
    </span>
  );
}

function VariantsTable({ variants }: { variants: Variant[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo<TableColumn<Variant>[]>(
    () => [
      {
        id: "count",
        header: t("journeys.people"),
        numeric: true,
        sort: (row) => row.count,
        cell: (row) => format.number(row.count),
      },
      {
        id: "share",
        header: t("common.share"),
        numeric: true,
        cell: (row) => format.percent(row.share),
      },
      { id: "names", header: t("journeys.variant"), cell: (row) => <Chain names={row.names} /> },
    ],
    [t, format],
  );
  return (
    <DataTable
      label={t("journeys.views.variants")}
      rows={variants}
      columns={columns}
      rowKey={(row) => row.names.join("\u0001")}
    />
  );
}
