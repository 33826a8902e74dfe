import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { answerQuery } from "@/shared/query/api";
import { compareBody } from "@/shared/query/compare";
import { Differences as DifferenceTable, useSideNames } from "@/shared/query/differences";
import { Notes } from "@/shared/query/notes";
import { scopeBody } from "@/shared/query/scope";
import type { Answer, Difference, Query, ResultOf } from "@/shared/query/types";
import { useConditionWords } from "@/shared/query/words";
import { QueryView } from "@/shared/ui/query-view";
import classes from "./journeys.module.css";
import { edgeId } from "./simplify";
import type { JourneysUrl } from "./url";

const MOST_EDGES = 200;
const EDGE = /^edge:([\s\S]*)→([\s\S]*)$/;
const SHOWN = 20;

/** How two sides differ on each connection. */
export type Differences = ReadonlyMap<string, Difference>;

type GraphQuery = Extract<Query, { kind: "graph" }>;

interface Compared {
  differences: Differences | null;
  answer: UseQueryResult<Answer<ResultOf<"graph">>>;
}

/** The same graph for two groups or two periods, when the address asks for it. */
export function useComparison({ scope, compare }: JourneysUrl, zone: string): Compared {
  const words = useConditionWords();
  const query = useMemo<GraphQuery | null>(() => {
    const sides = compareBody(compare, { zone, words });
    return (
      sides && { kind: "graph", scope: scopeBody(scope, zone), compare: sides, limit: MOST_EDGES }
    );
  }, [scope, compare, zone, words]);
  const answer = useQuery({ ...answerQuery(query), placeholderData: keepPreviousData });
  const data = query === null ? undefined : answer.data;
  const differences = useMemo(() => {
    if (!data?.compared) return null;
    return new Map(
      data.compared.differences.flatMap((one): [string, Difference][] => {
        const [, from, to] = EDGE.exec(one.key) ?? [];
        return from === undefined || to === undefined ? [] : [[edgeId(from, to), one]];
      }),
    );
  }, [data]);
  return { differences, answer };
}

/** Below the picture: what the colours say, and the surest differences in numbers. */
export function Comparison({ comparison }: { comparison: Compared }) {
  if (comparison.differences === null) return null;
  return (
    <QueryView query={comparison.answer}>
      {(data) => (data.compared ? <Told answer={data} compared={data.compared} /> : null)}
    </QueryView>
  );
}

interface ToldProps {
  answer: Answer<ResultOf<"graph">>;
  compared: NonNullable<Answer<ResultOf<"graph">>["compared"]>;
}

function Told({ answer, compared }: ToldProps) {
  const { t } = useTranslation();
  const names = useSideNames(compared);
  const surest = { ...compared, differences: compared.differences.slice(0, SHOWN) };
  return (
    <div>
      <p className={classes.soft}>
        <span className={classes.sideA}>{t("journeys.moreIn", { side: names.a })}</span>{" "}
        <span className={classes.sideB}>{t("journeys.moreIn", { side: names.b })}</span>{" "}
        {t("journeys.noDifference")}
      </p>
      <Notes header={answer.header} />
      <DifferenceTable compared={surest} />
    </div>
  );
}
