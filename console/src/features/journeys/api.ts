import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import { type Cell, cellKey, cellQuestion } from "./cell";
import type { ServerFilter } from "./url";

const VARIANTS_SHOWN = 100;

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

export const peopleQuery = (cell: Cell, filter: ServerFilter) =>
  infiniteQueryOptions({
    queryKey: ["journeys", "people", cellKey(cell), filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === "" ? {} : { cursor: pageParam };
      const query = { ...filter, ...cellQuestion(cell), ...cursor };
      return ask(api.GET("/api/journeys/people", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
