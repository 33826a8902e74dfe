import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { FigureText } from "@/shared/query/figure-text";
import { Empty } from "@/shared/ui/empty";
import { Section } from "@/shared/ui/page";
import { Forest, reachOf, round } from "./forest";
import classes from "./impact.module.css";
import type { Driver, DriversResult } from "./types";

interface DriversViewProps {
  result: DriversResult;
  onOpen: (cell: string | null) => void;
}

const isCause = (row: Driver) => row.nature === "cause";

/** What moves the outcome: what costs, what brings, what only goes with it, what is not sure. */
export function DriversView({ result, onOpen }: DriversViewProps) {
  const { t } = useTranslation();
  const sure = result.rows.filter((row) => row.direction !== "unsure");
  const parts = [
    { key: "worse", rows: sure.filter((row) => isCause(row) && row.direction === "worse") },
    { key: "better", rows: sure.filter((row) => isCause(row) && row.direction === "better") },
  ] as const;
  const beside = [
    { key: "steps", rows: sure.filter((row) => !isCause(row)) },
    { key: "unsure", rows: result.rows.filter((row) => row.direction === "unsure") },
  ] as const;
  const reach = reachOf(sure);
  if ((result.attempts.count ?? 0) === 0 && !result.attempts.suppressed)
    return <Empty title={t("impact.noAttempts")} text={t("impact.noAttemptsText")} />;
  return (
    <>
      <Basis result={result} onOpen={onOpen} />
      {parts.map(({ key, rows }) => (
        <Section key={key} title={t(`impact.parts.${key}`)} note={t(`impact.partNotes.${key}`)}>
          {rows.length === 0 ? (
            <p className={classes.soft}>{t("impact.nothingSure")}</p>
          ) : (
            <Forest label={t(`impact.parts.${key}`)} rows={rows} reach={reach} onOpen={onOpen} />
          )}
        </Section>
      ))}
      {beside.map(
        ({ key, rows }) =>
          rows.length > 0 && (
            <details key={key} className={classes.beside}>
              <summary>
                {t(`impact.parts.${key}`)} <span>{t(`impact.partNotes.${key}`)}</span>
              </summary>
              <Forest label={t(`impact.parts.${key}`)} rows={rows} reach={reach} onOpen={onOpen} />
            </details>
          ),
      )}
    </>
  );
}

/** Of how many attempts all this speaks, and what observational means. */
function Basis({ result, onOpen }: DriversViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.basis}>
      <p>
        {t("impact.attempts")}{" "}
        <button type="button" className={classes.link} onClick={() => onOpen(result.attempts.cell)}>
          <FigureText figure={result.attempts} show="count" />
        </button>
        {" · "}
        {result.mean === null ? (
          <>
            {t("impact.reached")}{" "}
            <button
              type="button"
              className={classes.link}
              onClick={() => onOpen(result.reached.cell)}
            >
              <FigureText figure={result.reached} />
            </button>
          </>
        ) : (
          t("impact.meanOf", { mean: format.number(round(result.mean)) })
        )}
        {result.open ? ` · ${t("impact.openLeftOut", { count: result.open })}` : ""}
        {` · ${t("impact.tested", { count: result.tested })}`}
      </p>
      <p className={classes.observational}>
        <b>{t("impact.observational")}</b> {t("impact.observationalWhy")}
      </p>
      {result.is_skewed && <p className={classes.observational}>{t("impact.skewed")}</p>}
    </div>
  );
}
