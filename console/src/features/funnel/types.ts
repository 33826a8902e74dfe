import type { components } from "@/shared/api/schema";
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
export type Explained = components["schemas"]["Explained"];
/** One person's way through the funnel. */
export type PersonStory = components["schemas"]["Story"];
