import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { FigureText } from "@/shared/query/figure-text";
import { DataTable } from "@/shared/ui/data-table";
import classes from "./maps.module.css";
import type { Ledger, LedgerRow, Speed } from "./types";

interface SpeedTableProps {
  rows: LedgerRow[];
  whole: Ledger;
  onOpen: (cell: string) => void;
}

interface Line {
  key: string;
  name: string;
  kind: "response" | "resolution";
  speed: Speed;
}

/** How fast the first answer and the end came, in working time; who still waits is counted. */
export function SpeedTable({ rows, whole, onOpen }: SpeedTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const lines: Line[] = [];
  const add = (key: string, name: string, of: Pick<Ledger, "response" | "resolution">) => {
    for (const kind of ["response", "resolution"] as const) {
      const speed = of[kind];
      if (speed) lines.push({ key: `${kind}:${key}`, name, kind, speed });
    }
  };
  add("", t("maps.everything"), whole);
  for (const row of rows)
    add(
      row.key,
      row.dimension === "channel" ? word("channels", row.key) : row.key || t("maps.noOwner"),
      row,
    );
  const span = (seconds: number | null) => (seconds === null ? "–" : format.span(seconds));
  return (
    <DataTable<Line>
      label={t("maps.speeds")}
      rows={lines}
      rowKey={(line) => line.key}
      columns={[
        {
          id: "name",
          header: t("common.name"),
          cell: (line) => (
            <>
              <bdi>{line.name}</bdi>
              <div className={classes.soft}>{t(`maps.${line.kind}`)}</div>
            </>
          ),
        },
        {
          id: "count",
          header: t("common.count"),
          numeric: true,
          sort: (line) => line.speed.count,
          cell: (line) => (
            <UnstyledButton
              data-press
              className={classes.link}
              onClick={() => onOpen(line.speed.cell)}
            >
              {format.number(line.speed.count)}
            </UnstyledButton>
          ),
        },
        {
          id: "median",
          header: t("maps.median"),
          numeric: true,
          sort: (line) => line.speed.median_s ?? Number.POSITIVE_INFINITY,
          cell: (line) => span(line.speed.median_s),
        },
        {
          id: "p90",
          header: t("maps.p90"),
          numeric: true,
          wide: true,
          sort: (line) => line.speed.p90_s ?? Number.POSITIVE_INFINITY,
          cell: (line) => span(line.speed.p90_s),
        },
        {
          id: "within",
          header: t("maps.within"),
          numeric: true,
          wide: true,
          cell: (line) =>
            line.speed.within ? <FigureText figure={line.speed.within} show="share" /> : "–",
        },
        {
          id: "open",
          header: t("maps.openNow"),
          numeric: true,
          sort: (line) => line.speed.open,
          cell: (line) =>
            line.speed.open === 0 ? (
              format.number(0)
            ) : (
              <UnstyledButton
                data-press
                className={classes.link}
                onClick={() => onOpen(line.speed.open_cell)}
              >
                {format.number(line.speed.open)}
              </UnstyledButton>
            ),
        },
      ]}
    />
  );
}
