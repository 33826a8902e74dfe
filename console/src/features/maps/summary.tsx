import { Skeleton, UnstyledButton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { QueryView } from "@/shared/ui/query-view";
import classes from "./maps.module.css";
import type { Conformance } from "./types";

interface SummaryProps {
  query: UseQueryResult<Conformance>;
  onPeople: (cell: string) => void;
}

/** How well real journeys fit, in four numbers; each opens to its people. */
export function Summary({ query, onPeople }: SummaryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const share = (value: number | null) => (value === null ? "–" : format.percent(value));
  return (
    <QueryView query={query} skeleton={<Skeleton height={84} />}>
      {(data) => (
        <>
          <dl className={classes.summary}>
            <Figure
              label={t("maps.fitness")}
              value={share(data.fitness)}
              hint={t("maps.fitnessText")}
            />
            <Figure
              label={t("maps.fitting")}
              value={share(data.fitting.share)}
              hint={t("maps.ofAttempts", { count: data.attempts })}
              onOpen={() => onPeople("fitting")}
            />
            <Figure
              label={t("maps.reached")}
              value={share(data.goal.share)}
              hint={t("maps.stillOpen", { count: data.goal.open })}
              onOpen={() => onPeople("goal")}
            />
            <Figure
              label={t("maps.people")}
              value={format.number(data.people)}
              hint={t("maps.variants", { count: data.variants })}
              onOpen={() => onPeople("everyone")}
            />
          </dl>
          <Unknown data={data} />
        </>
      )}
    </QueryView>
  );
}

interface FigureProps {
  label: string;
  value: string;
  hint: ReactNode;
  onOpen?: () => void;
}

function Figure({ label, value, hint, onOpen }: FigureProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {onOpen ? (
          <UnstyledButton className={classes.big} data-press onClick={onOpen}>
            {value}
          </UnstyledButton>
        ) : (
          <b className={classes.big}>{value}</b>
        )}
        <span className={classes.soft}>{hint}</span>
      </dd>
    </div>
  );
}

/** What the map names and nobody ever did, and what people do that it does not know. */
function Unknown({ data }: { data: Conformance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const missing = [...data.unknown_events, ...data.unknown_channels];
  return (
    <>
      {missing.length > 0 && (
        <p className={classes.warn}>{t("maps.unknown", { names: format.list(missing) })}</p>
      )}
      {data.too_long > 0 && (
        <p className={classes.soft}>{t("maps.tooLong", { count: data.too_long })}</p>
      )}
      {data.others.length > 0 && (
        <details className={classes.others}>
          <summary>{t("maps.others", { count: data.others.length })}</summary>
          <p className={classes.soft}>
            {data.others.map((other) => (
              <span key={other.name} className={classes.other}>
                <bdi>{other.name}</bdi> {format.number(other.count)}
              </span>
            ))}
          </p>
        </details>
      )}
    </>
  );
}
