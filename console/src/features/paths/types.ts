import type { Figure, Query, Step } from "@/shared/query/types";

export const DIRECTIONS = ["forward", "backward", "between", "after_dropoff"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface PathsQuery extends Query {
  kind: "paths";
  direction: Direction;
  start: Step | null;
  end: Step | null;
  funnel: object | null;
  step: number;
  depth: number;
  limit: number;
  gap_s: number | null;
  collapse: boolean;
}

export interface PathNode {
  id: string;
  position: number;
  name: string;
  people: Figure;
  count: number | null;
}

export interface PathLink {
  from: string;
  to: string;
  people: Figure;
  count: number | null;
  median_s: number | null;
}

export interface PathsResult {
  nodes: PathNode[];
  links: PathLink[];
  exits: { position: number; people: Figure }[];
  hidden_links: number;
  hidden_count: number | null;
}
