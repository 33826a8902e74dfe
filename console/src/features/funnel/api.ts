import { queryOptions } from "@tanstack/react-query";
import { post } from "@/shared/query/api";
import type { FunnelQuery } from "@/shared/query/types";
import type { Explained, PersonStory } from "./types";

const MINUTE_MS = 60_000;

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
