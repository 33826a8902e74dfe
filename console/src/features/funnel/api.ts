import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import { post } from "@/shared/query/api";
import type { Explained, FunnelQuery, PersonStory } from "./types";

const MINUTE_MS = 60_000;

type Parameters = Record<string, unknown>;

/** What follows what, to suggest steps from. */
export const wholeQuery = (filter: Parameters) =>
  queryOptions({
    queryKey: ["journeys", "graph", filter],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/journeys/graph", { params: { query: filter }, signal })),
  });

/** How the four ways of counting differ on a funnel. */
export const explainQuery = (query: FunnelQuery) =>
  queryOptions({
    queryKey: ["journeys", "explain", query],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) => post<Explained>("/api/journeys/explain", { body: query, signal }),
  });

/** What became of each event of one person. */
export const storyQuery = (query: FunnelQuery, person: string) =>
  queryOptions({
    queryKey: ["journeys", "explain", query, person],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      post<PersonStory>("/api/journeys/explain/{person}", {
        params: { path: { person } },
        body: query,
        signal,
      }),
  });
