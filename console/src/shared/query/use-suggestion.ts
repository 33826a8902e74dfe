import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useZone } from "../format/use-format";
import { graphQuery } from "./api";
import { type ScopeUrl, scopeParams } from "./scope";
import { stepDraft } from "./step";
import { likelyGoal, suggestSteps } from "./suggest";

/**
 * Steps from the most travelled way to what people come for, so that a page has something to show
 * before anything was chosen.
 */
export function useSuggestion(scope: ScopeUrl, wanted: string, isNeeded: boolean) {
  const zone = useZone();
  const { data } = useQuery({ ...graphQuery(scopeParams(scope, zone)), enabled: isNeeded });
  return useMemo(() => {
    const goals = (data?.nodes ?? []).map((node) => node.name);
    const goal = data ? (goals.includes(wanted) ? wanted : likelyGoal(data)) : "";
    const steps = (data ? suggestSteps(data, goal) : []).map(stepDraft);
    const first = [...(data?.starts ?? [])].sort((a, b) => b.count - a.count)[0];
    const isEmpty = isNeeded && data !== undefined && steps.length === 0;
    return { goals, goal, steps, start: first?.name ?? "", isEmpty };
  }, [data, wanted, isNeeded]);
}
