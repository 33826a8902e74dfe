import type { ResultOf } from "@/shared/query/types";

export const ORDERS = ["ordered", "any", "strict"] as const;
export const TIES = ["favour", "strict_time"] as const;
export const POLICIES = ["void_attempt", "drop_person"] as const;
export const COUNTS = ["people", "attempts", "sessions"] as const;
export const SEMANTICS = ["hamsafar", "posthog", "clickhouse", "mixpanel_classic"] as const;
export const ATTRIBUTIONS = ["first_touch", "last_touch", "step", "all_events"] as const;

export type FunnelResult = ResultOf<"funnel">;
export type FunnelStep = FunnelResult["steps"][number];
export type FunnelSplit = NonNullable<FunnelResult["breakdown"]>[number];

/** Why the numbers of other tools differ. */
export interface Explained {
  semantics: { semantics: string; counts: (number | null)[] }[];
  by_rule: { rule: string; people: number | null }[];
  differences: {
    person: string;
    label: string;
    levels: Record<string, number>;
    rule: string;
    values: Record<string, string | number>;
  }[];
  next: string | null;
}

/** One person's way through the funnel. */
export interface PersonStory {
  events: {
    at: string;
    name: string;
    channel: string;
    outcome: string;
    step: number | null;
    attempt: number | null;
    values: Record<string, string | number>;
  }[];
  attempts: {
    number: number;
    entered_at: string;
    level: number;
    ended: string;
    ended_at: string | null;
  }[];
  levels: Record<string, number>;
}
