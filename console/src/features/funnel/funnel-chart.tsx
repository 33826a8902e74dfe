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
          before={result.steps[at - 1] ?? null}
          at={at}
          other={compared?.result_b.steps[at] ?? null}
          otherBefore={compared?.result_b.steps[at - 1] ?? null}
          compared={compared}
          onOpen={onOpen}
        />
      ))}
    </ol>
  );
}

interface StepRowProps {
  step: FunnelStep;
  /** The step before; null for the first. */
  before: FunnelStep | null;
  at: number;
  other: FunnelStep | null;
  otherBefore: FunnelStep | null;
  compared: Compared<FunnelResult> | null;
  onOpen: (cell: string | null) => void;
}

function StepRow(props: StepRowProps) {
  const { step, before, at, other, otherBefore, compared, onOpen } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const names = useSideNames(compared ?? { name_a: "", name_b: "" });
  const { reached, from_previous: previous } = step;
  const isHidden = reached.suppressed || reached.count === null;
  const share = at > 0 && reached.share !== null ? format.percent(reached.share) : "";
  const interval = intervalText(reached, format);
  return (
    <li className={classes.step}>
      {before && <Passage step={step} before={before} onOpen={onOpen} />}
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
      <Track step={step} before={before} name={compared && other ? names.a : ""} onOpen={onOpen} />
      {compared && other && (
        <Track step={other} before={otherBefore} name={names.b} isOther onOpen={onOpen} />
      )}
    </li>
  );
}

interface TrackProps {
  step: FunnelStep;
  before: FunnelStep | null;
  /** Which side of a comparison it is. */
  name: string;
  isOther?: boolean;
  onOpen: (cell: string | null) => void;
}

/** Of all who entered: who came, who may still come, who stopped just before. */
function Track({ step, before, name, isOther = false, onOpen }: TrackProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { reached } = step;
  const entered = Math.max(1, reached.of ?? reached.count ?? 0);
  const part = (count: number) => `${(100 * Math.max(0, count)) / entered}%`;
  const lost = before ? (before.dropped.count ?? 0) - (before.dropped.open ?? 0) : 0;
  return (
    <div className={classes.trackLine}>
      {name !== "" && (
        <span className={classes.side}>
          <bdi className={classes.sideName}>{name}</bdi>
          {reached.share !== null && <span>{format.percent(reached.share)}</span>}
        </span>
      )}
      <div className={classes.track} data-other={isOther}>
        <button
          type="button"
          tabIndex={-1}
          aria-hidden
          className={classes.fill}
          style={{ inlineSize: part(reached.count ?? 0) }}
          title={figureWords(reached, t, format)}
          onClick={() => onOpen(reached.cell)}
        />
        {(reached.open ?? 0) > 0 && (
          <span
            className={classes.open}
            data-hatch
            style={{ inlineSize: part(reached.open ?? 0) }}
            title={t("query.open", { count: reached.open ?? 0 })}
          />
        )}
        {before && lost > 0 && (
          <button
            type="button"
            tabIndex={-1}
            aria-hidden
            className={classes.dropped}
            style={{ inlineSize: part(lost) }}
            title={t("funnel.dropped", { count: before.dropped.count ?? 0 })}
            onClick={() => onOpen(before.dropped.cell)}
          />
        )}
      </div>
    </div>
  );
}

interface PassageProps {
  step: FunnelStep;
  before: FunnelStep;
  onOpen: (cell: string | null) => void;
}

/** Between two steps: who stopped, how many of them still have time, how long the others took. */
function Passage({ step, before, onOpen }: PassageProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { median_s: median, p95_s: p95 } = step;
  const { dropped } = before;
  return (
    <div className={classes.passage}>
      <IconArrowDown size={15} aria-hidden />
      {dropped.count !== null && dropped.count > 0 && (
        <UnstyledButton className={classes.lost} onClick={() => onOpen(dropped.cell)}>
          {t("funnel.dropped", { count: dropped.count })}
          {dropped.share !== null && ` (${format.percent(dropped.share)})`}
        </UnstyledButton>
      )}
      {(dropped.open ?? 0) > 0 && (
        <span>{t("funnel.stillTime", { count: dropped.open ?? 0 })}</span>
      )}
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
