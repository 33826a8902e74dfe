import type { Query, ResultOf } from "@/shared/query/types";

export const VIEWS = ["cohorts", "lifecycle", "stickiness", "sessions"] as const;
export const UNITS = ["week", "day", "month", "jalali_month"] as const;
export const MODES = ["calendar", "rolling"] as const;
export const COHORTS = ["first_time", "recurring"] as const;
export const COUNTINGS = ["on", "on_or_after"] as const;

export type Unit = (typeof UNITS)[number];

export const STATES = ["new", "returning", "resurrecting", "dormant"] as const;

/** The kinds of question that this page asks. */
export type RetentionQuery = Extract<
  Query,
  { kind: "retention" | "lifecycle" | "stickiness" | "sessions" }
>;
export type RetentionResult = ResultOf<"retention">;
export type RetentionCell = RetentionResult["total"][number];
export type LifecycleResult = ResultOf<"lifecycle">;
export type StickinessResult = ResultOf<"stickiness">;
export type SessionsResult = ResultOf<"sessions">;
