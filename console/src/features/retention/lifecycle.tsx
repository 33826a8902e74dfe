import { useTranslation } from "react-i18next";
import { ColumnChart } from "@/shared/charts/columns";
import { useFormat } from "@/shared/format/use-format";
import { figureWords } from "@/shared/query/figure-text";
import { Section } from "@/shared/ui/page";
import classes from "./retention.module.css";
import { type LifecycleResult, STATES, type Unit } from "./types";
import { useIntervalName } from "./use-words";

interface LifecycleProps {
  result: LifecycleResult;
  unit: Unit;
  onOpen: (cell: string | null) => void;
}

/** Four rows of columns to one scale: who is new, returns, comes back after a pause, falls silent. */
export function Lifecycle({ result, unit, onOpen }: LifecycleProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useIntervalName(unit);
  const most = Math.max(
    ...result.intervals.flatMap((one) => STATES.map((state) => one[state].count ?? 0)),
  );
  return (
    <div className={classes.parts}>
      {STATES.map((state) => (
        <Section
          key={state}
          title={t(`retention.states.${state}`)}
          note={t(`retention.stateNotes.${state}`)}
        >
          <ColumnChart
            label={t(`retention.states.${state}`)}
            most={most}
            low
            rows={result.intervals.map((one) => {
              const figure = one[state];
              const label = name(one.start, one.label);
              return {
                key: one.start,
                label: unit === "week" || unit === "day" ? format.shortDay(one.start) : label,
                value: figure.count ?? 0,
                text: figure.count === null ? "" : format.number(figure.count),
                open: (figure.open ?? 0) > 0,
                title: `${label}: ${figureWords(figure, t, format)}`,
                onOpen: figure.cell === null ? undefined : () => onOpen(figure.cell),
              };
            })}
          />
        </Section>
      ))}
    </div>
  );
}
