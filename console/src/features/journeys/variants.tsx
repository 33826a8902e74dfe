import { Anchor } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Fragment, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Variant } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { DataTable, type TableColumn } from "@/shared/ui/data-table";
import { Plain } from "@/shared/ui/names";
import { Section } from "@/shared/ui/page";
import { Lines, QueryView } from "@/shared/ui/query-view";
import type { UrlSearch } from "@/shared/url/search";
import { variantsQuery } from "./api";
import { type Cell, cellKey, cellPatch } from "./cell";
import classes from "./journeys.module.css";
import { Nothing } from "./nothing";
import { PeoplePanel } from "./people-panel";
import type { ServerFilter } from "./url";

interface VariantsViewProps {
  filter: ServerFilter;
  isFiltered: boolean;
  cell: Cell | null;
  onChange: (patch: UrlSearch) => void;
}

/** Whole journeys and how many people took each; a journey opens to them. */
export function VariantsView({ filter, isFiltered, cell, onChange }: VariantsViewProps) {
  const { t } = useTranslation();
  const query = useQuery({ ...variantsQuery(filter), placeholderData: keepPreviousData });
  const open = useCallback((next: Cell | null) => onChange(cellPatch(next)), [onChange]);
  const chosen = cell?.of === "variant" || cell?.of === "everyone" ? cell : null;
  const key = chosen?.of === "variant" ? chosen.key : "";
  return (
    <div className={classes.layout} data-panel={chosen !== null}>
      <Section title={t("journeys.views.variants")} note={t("journeys.variantsNote")}>
        <QueryView query={query} skeleton={<Lines count={10} />}>
          {(data) =>
            data.items.length === 0 ? (
              <Nothing filtered={isFiltered} />
            ) : (
              <VariantsTable variants={data.items} selected={key} onOpen={open} />
            )
          }
        </QueryView>
      </Section>
      {chosen && (
        <PeoplePanel
          key={cellKey(chosen)}
          cell={chosen}
          filter={filter}
          title={key && <VariantTitle variant={query.data?.items.find((one) => one.key === key)} />}
          onOpen={open}
          onClose={() => open(null)}
        />
      )}
    </div>
  );
}

function VariantTitle({ variant }: { variant: Variant | undefined }) {
  const { t } = useTranslation();
  return variant ? <Chain names={variant.names} /> : t("journeys.variant");
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

interface VariantsTableProps {
  variants: Variant[];
  selected: string;
  onOpen: (cell: Cell) => void;
}

function VariantsTable({ variants, selected, onOpen }: VariantsTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo<TableColumn<Variant>[]>(
    () => [
      {
        id: "count",
        header: t("journeys.people"),
        numeric: true,
        sort: (row) => row.count,
        cell: (row) => (
          <Anchor
            component="button"
            type="button"
            size="sm"
            fw={600}
            aria-label={t("journeys.openVariant", { count: row.count })}
            onClick={(event) => {
              event.stopPropagation();
              onOpen({ of: "variant", key: row.key });
            }}
          >
            {format.number(row.count)}
          </Anchor>
        ),
      },
      {
        id: "share",
        header: t("common.share"),
        numeric: true,
        cell: (row) => format.percent(row.share),
      },
      { id: "names", header: t("journeys.variant"), cell: (row) => <Chain names={row.names} /> },
    ],
    [t, format, onOpen],
  );
  return (
    <DataTable
      label={t("journeys.views.variants")}
      rows={variants}
      columns={columns}
      rowKey={(row) => row.key}
      selected={(row) => row.key === selected}
      onRow={(row) => onOpen({ of: "variant", key: row.key })}
    />
  );
}
