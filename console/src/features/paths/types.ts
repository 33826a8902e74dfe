import type { ResultOf } from "@/shared/query/types";

export const DIRECTIONS = ["forward", "backward", "between", "after_dropoff"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export type PathsResult = ResultOf<"paths">;
export type PathNode = PathsResult["nodes"][number];
export type PathLink = PathsResult["links"][number];
