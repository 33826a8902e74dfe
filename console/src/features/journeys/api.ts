import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import type { ServerFilter } from "./url";

const VARIANTS_SHOWN = 100;

export const graphQuery = (filter: ServerFilter) =>
  queryOptions({
    queryKey: ["journeys", "graph", filter],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/journeys/graph", { params: { query: filter }, signal })),
  });

export const variantsQuery = (filter: ServerFilter) =>
  queryOptions({
    queryKey: ["journeys", "variants", filter],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/journeys/variants", {
          params: { query: { ...filter, limit: VARIANTS_SHOWN } },
          signal,
        }),
      ),
  });

export const edgeQuery = (from: string, to: string, filter: ServerFilter) =>
  infiniteQueryOptions({
    queryKey: ["journeys", "edge", from, to, filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === "" ? {} : { cursor: pageParam };
      const query = { ...filter, from_name: from, to_name: to, ...cursor };
      return ask(api.GET("/api/journeys/edge", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
