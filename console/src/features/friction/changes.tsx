import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { Empty } from "@/shared/ui/empty";
import { Place } from "./cause";
import classes from "./friction.module.css";
import type { Change, Friction } from "./types";

interface ChangesProps {
  data: Friction;
  onPeople: (key: string) => void;
}

/** What to change, by what it is expected to bring. */
export function Changes({ data, onPeople }: ChangesProps) {
  const { t } = useTranslation();
  if (data.changes.length === 0)
    return <Empty title={t("friction.noChange")} text={t("friction.emptyText")} />;
  return (
    <>
      <p className={classes.soft}>{t("friction.changesNote")}</p>
      <ol className={classes.problems} aria-label={t("friction.views.changes")}>
        {data.changes.map((change, at) => (
          <ChangeRow
            key={change.key}
            change={change}
            rank={at + 1}
            data={data}
            onPeople={onPeople}
          />
        ))}
      </ol>
    </>
  );
}

interface ChangeRowProps extends ChangesProps {
  change: Change;
  rank: number;
}

function ChangeRow({ change, rank, data, onPeople }: ChangeRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { minutes, outcomes, low, high } = change.expected;
  const solved = data.problems.filter(({ key }) => change.problems.includes(key));
  const won = Math.round(outcomes);
  const between = t("friction.between", {
    low: format.number(Math.round(low)),
    high: format.number(Math.round(high)),
  });
  return (
    <li className={classes.problem}>
      <div className={classes.rank} aria-hidden>
        {format.number(rank)}
      </div>
      <div className={classes.what}>
        <h3 className={classes.name}>
          {t(`friction.changeNames.${change.change}`)}
          <span className={classes.place}>
            <Place place={change.values.place ?? ""} cause={change.values.cause || null} />
          </span>
        </h3>
        <p className={classes.examples}>
          <span className={classes.soft}>{t("friction.takesAway")}</span>
          {solved.map((problem) => (
            <Anchor
              key={problem.key}
              component="button"
              type="button"
              size="sm"
              onClick={() => onPeople(problem.key)}
            >
              {t(`friction.detectors.${problem.detector}.name`)} ({format.number(problem.count)})
            </Anchor>
          ))}
        </p>
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{t("friction.won")}</dt>
          <dd>
            <b>{won > 0 ? format.number(won) : "–"}</b>
            {won > 0 && <span className={classes.soft}>{between}</span>}
          </dd>
        </div>
        <div>
          <dt>{t("friction.saved")}</dt>
          <dd>
            <b>{minutes < 1 ? "–" : format.span(minutes * 60)}</b>
          </dd>
        </div>
      </dl>
    </li>
  );
}
