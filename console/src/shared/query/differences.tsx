import { useTranslation } from "react-i18next";
import { Interval } from "../charts/interval";
import { useFormat } from "../format/use-format";
import { DataTable, type TableColumn } from "../ui/data-table";
import { Section } from "../ui/page";
import { FigureText } from "./figure-text";
import classes from "./query.module.css";
import type { Compared, Difference } from "./types";

interface DifferencesProps {
  compared: Pick<Compared<unknown>, "name_a" | "name_b" | "differences">;
  /** What a difference is of, in words; else as the server says it. */
  label?: (difference: Difference) => string;
}

const RANGE = /^(…|\d{4}-\S+) – (…|\d{4}-\S+)$/;

/** What the two sides are called; a range of instants as dates. */
export function useSideNames(compared: Pick<Compared<unknown>, "name_a" | "name_b">) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = (name: string) => {
    const [, from = "…", to = "…"] = RANGE.exec(name) ?? [];
    if (from === "…" && to === "…") return name;
    const first = from === "…" ? from : format.date(from);
    return `${first} – ${to === "…" ? to : format.date(new Date(to).getTime() - 1)}`;
  };
  return {
    a: said(compared.name_a) || t("query.sideA"),
    b: said(compared.name_b) || t("query.sideB"),
  };
}

/** How two sides differ, each difference with its interval and whether chance explains it. */
export function Differences({ compared, label }: DifferencesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useSideNames(compared);
  const rows = compared.differences.filter((one) => one.difference !== null);
  const ends = rows.flatMap(({ low, high }) => [Math.abs(low ?? 0), Math.abs(high ?? 0)]);
  const most = Math.max(0.01, ...ends);
  const signed = (value: number) => `\u2066${value > 0 ? "+" : ""}${format.points(value)}\u2069`;
  const columns: TableColumn<Difference>[] = [
    {
      id: "label",
      header: t("query.differenceOf"),
      cell: (row) => <bdi>{label?.(row) ?? row.label}</bdi>,
    },
    {
      id: "a",
      header: names.a,
      numeric: true,
      cell: (row) => <FigureText figure={row.a} show="share" />,
    },
    {
      id: "b",
      header: names.b,
      numeric: true,
      cell: (row) => <FigureText figure={row.b} show="share" />,
    },
    {
      id: "difference",
      header: t("query.difference"),
      numeric: true,
      sort: (row) => Math.abs(row.difference ?? 0),
      cell: (row) => (row.difference === null ? "" : signed(row.difference)),
    },
    {
      id: "interval",
      header: t("query.interval"),
      wide: true,
      cell: ({ difference, low, high }) =>
        difference !== null &&
        low !== null &&
        high !== null && (
          <Interval
            label={`${signed(low)} … ${signed(high)}`}
            value={difference}
            low={low}
            high={high}
            from={-most}
            to={most}
            zero={0}
          />
        ),
    },
    {
      id: "sure",
      header: t("query.sure"),
      sort: (row) => row.q ?? 1,
      cell: (row) => (
        <span className={row.is_significant ? undefined : classes.soft}>
          {t(row.is_significant ? "query.isReal" : "query.maybeChance")}
        </span>
      ),
    },
  ];
  return (
    <Section title={t("query.differences")} note={t("query.differencesNote")}>
      <DataTable
        label={t("query.differences")}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.key}
      />
    </Section>
  );
}
