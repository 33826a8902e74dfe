import { UnstyledButton } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useSideNames } from "@/shared/query/differences";
import { figureWords, intervalText } from "@/shared/query/figure-text";
import type { Compared } from "@/shared/query/types";
import classes from "./funnel.module.css";
import type { FunnelResult, FunnelStep } from "./types";

interface FunnelChartProps {
  result: FunnelResult;
  compared: Compared<FunnelResult> | null;
  onOpen: (cell: string | null) => void;
}

/** Steps below each other; each bar is a part of all who entered. */
export function FunnelChart({ result, compared, onOpen }: FunnelChartProps) {
  return (
    <ol className={classes.chart}>
      {result.steps.map((step, at) => (
        <StepRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place; the same event may stand twice.
          key={at}
          step={step}
          at={at}
          other={compared?.result_b.steps[at] ?? null}
          compared={compared}
          onOpen={onOpen}
        />
      ))}
    </ol>
  );
}

interface StepRowProps {
  step: FunnelStep;
  at: number;
  other: FunnelStep | null;
  compared: Compared<FunnelResult> | null;
  onOpen: (cell: string | null) => void;
}

function StepRow({ step, at, other, compared, onOpen }: StepRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useSideNames(compared ?? { name_a: "", name_b: "" });
  const { reached, from_previous: previous } = step;
  const isHidden = reached.suppressed || reached.count === null;
  const share = at > 0 && reached.share !== null ? format.percent(reached.share) : "";
  const interval = intervalText(reached, format);
  return (
    <li className={classes.step}>
      {at > 0 && <Passage step={step} onOpen={onOpen} />}
      <div className={classes.stepHead}>
        <span className={classes.number}>{format.number(at + 1)}</span>
        <b className={classes.stepName}>
          <bdi>{step.label}</bdi>
          {step.optional && <span className={classes.soft}> {t("funnel.optional")}</span>}
        </b>
        <span className={classes.numbers}>
          {isHidden ? (
            t("query.suppressed")
          ) : (
            <UnstyledButton
              className={classes.link}
              onClick={() => onOpen(reached.cell)}
              aria-label={t("funnel.openReached", {
                step: step.label,
                what: figureWords(reached, t, format),
              })}
            >
              {t("query.peopleCount", { count: reached.count ?? 0 })}
            </UnstyledButton>
          )}
          {share !== "" && <strong className={classes.share}>{share}</strong>}
          {share !== "" && interval !== "" && <span className={classes.soft}>{interval}</span>}
          {at > 1 && previous.share !== null && (
            <span className={classes.soft}>
              {t("funnel.ofPrevious", { share: format.percent(previous.share) })}
            </span>
          )}
        </span>
      </div>
      <Track step={step} name={compared && other ? names.a : ""} onOpen={onOpen} />
      {compared && other && <Track step={other} name={names.b} isOther onOpen={() => {}} />}
    </li>
  );
}

interface TrackProps {
  step: FunnelStep;
  /** Which side of a comparison it is. */
  name: string;
  isOther?: boolean;
  onOpen: (cell: string | null) => void;
}

/** Who came, who may still come, who did not. */
function Track({ step, name, isOther = false, onOpen }: TrackProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { reached, dropped } = step;
  const entered = reached.of ?? reached.count ?? 0;
  const part = (count: number | null) => `${(100 * (count ?? 0)) / Math.max(1, entered)}%`;
  const open = Math.min(reached.open, entered - (reached.count ?? 0));
  return (
    <div className={classes.trackLine}>
      {name !== "" && (
        <span className={classes.side}>
          <bdi>{name}</bdi> {reached.share !== null && format.percent(reached.share)}
        </span>
      )}
      <div className={classes.track} data-other={isOther}>
        <button
          type="button"
          tabIndex={-1}
          aria-hidden
          className={classes.fill}
          style={{ inlineSize: part(reached.count) }}
          title={figureWords(reached, t, format)}
          onClick={() => onOpen(reached.cell)}
        />
        {open > 0 && (
          <span
            className={classes.open}
            data-hatch
            style={{ inlineSize: part(open) }}
            title={t("query.open", { count: open })}
          />
        )}
        {!isOther && (dropped.count ?? 0) > 0 && (
          <button
            type="button"
            tabIndex={-1}
            aria-hidden
            className={classes.dropped}
            style={{ inlineSize: part(dropped.count) }}
            title={t("funnel.dropped", { count: dropped.count ?? 0 })}
            onClick={() => onOpen(dropped.cell)}
          />
        )}
      </div>
    </div>
  );
}

/** Between two steps: who stopped, who may still come, and how long the others took. */
function Passage({ step, onOpen }: Pick<StepRowProps, "step" | "onOpen">) {
  const { t } = useTranslation();
  const format = useFormat();
  const { dropped, median_s: median, p95_s: p95, reached } = step;
  return (
    <div className={classes.passage}>
      <IconArrowDown size={15} aria-hidden />
      {dropped.count !== null && dropped.count > 0 && (
        <UnstyledButton className={classes.lost} onClick={() => onOpen(dropped.cell)}>
          {t("funnel.dropped", { count: dropped.count })}
          {dropped.share !== null && ` (${format.percent(dropped.share)})`}
        </UnstyledButton>
      )}
      {reached.open > 0 && <span>{t("query.open", { count: reached.open })}</span>}
      {median !== null && (
        <span>
          {t("funnel.took", {
            median: format.span(median),
            p95: p95 === null ? "" : format.span(p95),
          })}
        </span>
      )}
    </div>
  );
}
