import { useTranslation } from "react-i18next";
import { type HeatCell, HeatTable } from "@/shared/charts/heat-table";
import { useFormat } from "@/shared/format/use-format";
import { figureWords } from "@/shared/query/figure-text";
import { Section } from "@/shared/ui/page";
import type { RetentionCell, RetentionResult } from "./types";
import type { RetentionUrl } from "./url";
import { useIntervalName } from "./use-words";

interface CohortTableProps {
  result: RetentionResult;
  url: RetentionUrl;
  onOpen: (cell: string | null) => void;
}

/** A row for who began when; how many of them came again, interval by interval. */
export function CohortTable({ result, url, onOpen }: CohortTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useIntervalName(url.unit);
  const cellOf = (cell: RetentionCell, row: string, period: number): HeatCell => {
    const words = figureWords(cell, t, format);
    const immature = cell.is_mature ? "" : ` · ${t("retention.immature")}`;
    const head = t(`retention.in.${url.unit}`, { count: period });
    const isUnknown = cell.share === null;
    return {
      key: String(period),
      heat: cell.share ?? (cell.is_mature || !cell.open ? null : 0),
      text: isUnknown ? "" : format.percent(cell.share ?? 0),
      title: `${row}, ${head}: ${words}${immature}`,
      open: !cell.is_mature,
      onOpen: cell.cell === null || isUnknown ? undefined : () => onOpen(cell.cell),
    };
  };
  const rows = result.cohorts.map((cohort) => {
    const label = name(cohort.start, cohort.label);
    return {
      key: cohort.start,
      label,
      note: cohort.size.count === null ? t("query.suppressed") : format.number(cohort.size.count),
      cells: cohort.cells.slice(1).map((cell, at) => cellOf(cell, label, at + 1)),
    };
  });
  const all = t("retention.everyone");
  const total = {
    key: "total",
    label: <b>{all}</b>,
    cells: result.total.slice(1).map((cell, at) => cellOf(cell, all, at + 1)),
  };
  return (
    <Section title={t("retention.table")} note={t("retention.tableNote")}>
      <HeatTable
        label={t("retention.table")}
        corner={t(`retention.units.${url.unit}`)}
        noteHead={t("retention.size")}
        head={result.total
          .slice(1)
          .map((_, at) => t(`retention.in.${url.unit}`, { count: at + 1 }))}
        rows={[total, ...rows]}
      />
    </Section>
  );
}
