import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Interval } from "@/shared/charts/interval";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { driverName } from "./driver-words";
import classes from "./impact.module.css";
import type { Driver } from "./types";

interface ForestProps {
  label: string;
  rows: readonly Driver[];
  /** Widest of all plots on the page, so that lengths can be compared. */
  reach: number;
  onOpen: (cell: string | null) => void;
}

/** How far the plots must reach, as a logarithm; at least from a half to twice. */
export function reachOf(rows: readonly Driver[]): number {
  const ends = rows.flatMap((row) =>
    [row.odds_ratio, row.low, row.high]
      .filter((end): end is number => end !== null && end > 0)
      .map((end) => Math.abs(Math.log(end))),
  );
  return Math.min(Math.log(32), Math.max(Math.log(2), ...ends));
}

/** Each candidate with its odds ratio and interval on one scale, its people and what it costs. */
export function Forest({ label, rows, reach, onOpen }: ForestProps) {
  const { t } = useTranslation();
  const isRating = rows.every((row) => row.odds_ratio === null && row.mean !== null);
  return (
    <div className={classes.forest}>
      <div className={classes.forestHead} aria-hidden>
        <span>{t("impact.what")}</span>
        <span>{t(isRating ? "impact.mean" : "impact.reachedIt")}</span>
        <span className={classes.scale}>
          <span>{t("impact.less")}</span>
          <span>{t("impact.more")}</span>
        </span>
        <span>{t(isRating ? "impact.difference" : "impact.aMonth")}</span>
      </div>
      <ol className={classes.points} aria-label={label}>
        {rows.map((row) => (
          <Row key={row.key} row={row} reach={reach} onOpen={onOpen} />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  row: Driver;
  reach: number;
  onOpen: (cell: string | null) => void;
}

function Row({ row, reach, onOpen }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const name = driverName(row, t, word);
  const share = row.mean === null ? row.reached.share : row.mean;
  const write = row.mean === null ? format.percent : (x: number) => format.number(round(x));
  return (
    <li className={classes.forestRow} data-direction={row.direction}>
      <span className={classes.what}>
        <UnstyledButton
          className={classes.link}
          title={t("impact.showPeople", { what: name })}
          onClick={() => onOpen(row.exposed.cell)}
        >
          {name}
        </UnstyledButton>
        <span className={classes.soft}>{t("query.peopleCount", { count: row.people ?? 0 })}</span>
      </span>
      <span className={classes.shares}>
        {share === null || row.expected === null ? (
          t("query.suppressed")
        ) : (
          <>
            <UnstyledButton className={classes.link} onClick={() => onOpen(row.reached.cell)}>
              {write(share)}
            </UnstyledButton>
            <span className={classes.soft}>
              {t("impact.alike", { expected: write(row.expected) })}
            </span>
          </>
        )}
      </span>
      <Plot row={row} reach={reach} />
      <Effect row={row} />
    </li>
  );
}

function Plot({ row, reach }: { row: Driver; reach: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (row.odds_ratio === null) return <span className={classes.plot} />;
  const bound = (end: number | null, fallback: number) =>
    end === null || end === 0 ? fallback : Math.log(end);
  const high = row.high === null ? "∞" : format.number(round(row.high));
  const low = format.number(round(row.low ?? 0));
  const ratio = format.number(round(row.odds_ratio));
  const words = t("impact.oddsWithin", { ratio, low, high });
  return (
    <span className={classes.plot}>
      <Interval
        label={words}
        value={Math.log(row.odds_ratio)}
        low={bound(row.low, -reach)}
        high={bound(row.high, reach)}
        from={-reach}
        to={reach}
        zero={0}
      />
      <span className={classes.soft} title={words}>
        <bdi>
          {ratio} ({low} – {high})
        </bdi>
      </span>
    </span>
  );
}

function Effect({ row }: { row: Driver }) {
  const { t } = useTranslation();
  const format = useFormat();
  const value = row.per_month ?? row.effect;
  const low = row.per_month_low ?? row.effect_low;
  const high = row.per_month_high ?? row.effect_high;
  if (value === null || low === null || high === null) return <span>{t("query.suppressed")}</span>;
  const write = (x: number) =>
    `${x > 0 ? "+" : x < 0 ? "−" : ""}${format.number(round(Math.abs(x)))}`;
  return (
    <span className={classes.effect}>
      <b>
        <bdi>{write(value)}</bdi>
      </b>
      <span className={classes.soft}>
        <bdi>
          {write(low)} … {write(high)}
        </bdi>
      </span>
    </span>
  );
}

/** As many digits as one reads: two below ten, none from a hundred on. */
export function round(x: number): number {
  const digits = Math.abs(x) < 10 ? 100 : Math.abs(x) < 100 ? 10 : 1;
  return Math.round(x * digits) / digits;
}
