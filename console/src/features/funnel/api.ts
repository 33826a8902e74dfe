import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import type { FunnelQuery } from "@/shared/query/types";

const MINUTE_MS = 60_000;
const PEOPLE_SHOWN = 50;

/** How the four ways of counting differ on a funnel. */
export const explainQuery = (query: FunnelQuery) =>
  queryOptions({
    queryKey: ["journeys", "explain", query],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/journeys/explain", {
          params: { query: { limit: PEOPLE_SHOWN } },
          body: query,
          signal,
        }),
      ),
  });

/** What became of each event of one person. */
export const storyQuery = (query: FunnelQuery, person: string) =>
  queryOptions({
    queryKey: ["journeys", "explain", query, person],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      ask(
        api.POST("/api/journeys/explain/{person}", {
          params: { path: { person: Number(person) } },
          body: query,
          signal,
        }),
      ),
  });
