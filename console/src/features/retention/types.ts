import type { Figure, Query, Step } from "@/shared/query/types";

export const VIEWS = ["cohorts", "lifecycle", "stickiness", "sessions"] as const;
export const UNITS = ["week", "day", "month", "jalali_month"] as const;
export const MODES = ["calendar", "rolling"] as const;
export const COHORTS = ["first_time", "recurring"] as const;
export const COUNTINGS = ["on", "on_or_after"] as const;

export type Unit = (typeof UNITS)[number];

export interface RetentionQuery extends Query {
  kind: "retention";
  first: Step;
  again: Step;
  unit: Unit;
  periods: number;
  mode: (typeof MODES)[number];
  cohort: (typeof COHORTS)[number];
  counting: (typeof COUNTINGS)[number];
}

export type RetentionCell = Figure & { is_mature: boolean };

export interface Cohort {
  start: string;
  label: string;
  size: Figure;
  cells: RetentionCell[];
}

export interface RetentionResult {
  cohorts: Cohort[];
  total: RetentionCell[];
}

export const STATES = ["new", "returning", "resurrecting", "dormant"] as const;

export interface LifecycleResult {
  intervals: ({ start: string; label: string } & Record<(typeof STATES)[number], Figure>)[];
}

export interface StickinessResult {
  of_intervals: number;
  bars: { intervals: number; people: Figure }[];
}

export interface SessionsResult {
  sessions: number | null;
  people: Figure;
  channels: {
    channel: string;
    sessions: number | null;
    people: Figure;
    median_s: number | null;
    median_events: number | null;
    single: number | null;
  }[];
  lengths: { from_s: number; to_s: number | null; count: number | null; cell: string | null }[];
}
