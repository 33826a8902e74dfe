import { Anchor, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Sparkline } from "@/shared/charts/sparkline";
import { useFormat } from "@/shared/format/use-format";
import { FigureText } from "@/shared/query/figure-text";
import { usePersonName } from "@/shared/ui/names";
import { Place } from "./cause";
import classes from "./friction.module.css";
import { ProblemActions } from "./problem-actions";
import type { Problem } from "./types";

interface ProblemRowProps {
  problem: Problem;
  /** Its place in the list; null where the order says nothing. */
  rank: number | null;
  /** How heavy it is beside the worst, 0 … 1. */
  weight: number;
  onPeople: () => void;
}

/** One problem: what, where, how many, since when, what it costs, and who cares for it. */
export function ProblemRow({ problem, rank, weight, onPeople }: ProblemRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const title = t(`friction.detectors.${problem.detector}.name`);
  const { trend, usual, change_pct: change } = problem;
  const direction = change === null || Math.abs(change) < 10 ? "same" : change > 0 ? "up" : "down";
  // What is compared with the usual; a day that is not over is not.
  const latest =
    usual === null || change === null
      ? (trend.at(-1)?.count ?? 0)
      : Math.round(usual * (1 + change / 100));
  const trendWords =
    usual === null
      ? t("friction.noUsual")
      : t("friction.usual", { usual: format.number(usual), now: latest });
  return (
    <li className={classes.problem} data-state={problem.state}>
      <div className={classes.rank} aria-hidden>
        {rank === null ? "" : format.number(rank)}
        <i style={{ inlineSize: `${Math.max(4, weight * 100)}%` }} />
      </div>
      <div className={classes.what}>
        <h3 className={classes.name}>
          {title}
          <span className={classes.place}>
            <Place place={problem.place} cause={problem.cause} />
          </span>
        </h3>
        <p className={classes.says}>{t(`friction.detectors.${problem.detector}.says`)}</p>
        <Examples problem={problem} />
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{t("friction.people")}</dt>
          <dd>
            <Anchor component="button" type="button" size="sm" onClick={onPeople}>
              <FigureText figure={problem.people} />
            </Anchor>
            <span className={classes.soft}>{t("friction.times", { count: problem.count })}</span>
          </dd>
        </div>
        <div>
          <dt>{t("friction.trend")}</dt>
          <dd>
            <Sparkline label={trendWords} values={trend.map((point) => point.count)} />
            <span className={classes.trendWord} data-direction={direction} title={trendWords}>
              {t(`friction.directions.${direction}`)}
            </span>
          </dd>
        </div>
        <Costs problem={problem} />
      </dl>
      <ProblemActions problem={problem} title={title} />
    </li>
  );
}

function Costs({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const lost = Math.round(problem.lost_outcomes);
  const low = format.number(Math.round(problem.lost_low));
  const high = format.number(Math.round(problem.lost_high));
  const within = t("friction.between", { low, high });
  return (
    <>
      <div>
        <dt>{t("friction.time")}</dt>
        <dd>
          <b>{problem.cost_minutes < 1 ? "–" : format.span(problem.cost_minutes * 60)}</b>
          {problem.is_symptom && (
            <Tooltip label={t("friction.symptomWhy")} multiline maw={300}>
              <span className={classes.hint} tabIndex={0}>
                {t("friction.symptom")}
              </span>
            </Tooltip>
          )}
        </dd>
      </div>
      <div>
        <dt>{t("friction.lost")}</dt>
        <dd>
          <b>{lost > 0 ? format.number(lost) : "–"}</b>
          {lost > 0 && <span className={classes.soft}>{within}</span>}
        </dd>
      </div>
    </>
  );
}

function Examples({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const personName = usePersonName();
  return (
    <p className={classes.examples}>
      <span className={classes.soft}>{t("friction.examples")}</span>
      {problem.examples.map((example) => (
        <Link
          key={`${example.person} ${example.at}`}
          to="/customers/$person"
          params={{ person: example.person }}
          title={format.moment(example.at)}
        >
          <bdi>{personName(example.label)}</bdi>
        </Link>
      ))}
    </p>
  );
}
