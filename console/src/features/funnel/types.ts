import type { Figure, Query, Step } from "@/shared/query/types";

export const ORDERS = ["ordered", "any", "strict"] as const;
export const TIES = ["favour", "strict_time"] as const;
export const POLICIES = ["void_attempt", "drop_person"] as const;
export const COUNTS = ["people", "attempts", "sessions"] as const;
export const SEMANTICS = ["hamsafar", "posthog", "clickhouse", "mixpanel_classic"] as const;
export const ATTRIBUTIONS = ["first_touch", "last_touch", "step", "all_events"] as const;

export interface FunnelQuery extends Query {
  kind: "funnel";
  steps: Step[];
  window_s: number;
  order: (typeof ORDERS)[number];
  ties: (typeof TIES)[number];
  reuse: boolean;
  exclusions: (Step & { from_step: number; to_step: number })[];
  exclusion_policy: (typeof POLICIES)[number];
  count_by: (typeof COUNTS)[number];
  breakdown: object | null;
  semantics: (typeof SEMANTICS)[number];
}

export interface FunnelStep {
  label: string;
  optional: boolean;
  reached: Figure;
  from_previous: Figure;
  dropped: Figure;
  open: number | null;
  mean_s: number | null;
  median_s: number | null;
  p95_s: number | null;
}

export interface Bin {
  from_s: number;
  to_s: number | null;
  count: number | null;
  cell: string | null;
}

export interface FunnelSplit {
  value: string | null;
  label: string;
  is_other: boolean;
  is_unknown: boolean;
  steps: FunnelStep[];
}

export interface FunnelResult {
  steps: FunnelStep[];
  conversion: Figure;
  excluded: Figure | null;
  time_to_convert: {
    median_s: number | null;
    mean_s: number | null;
    p95_s: number | null;
    bins: Bin[];
  };
  breakdown: FunnelSplit[] | null;
  semantics: string;
}

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
