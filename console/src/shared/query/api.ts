/** Questions about journeys, the people behind an answer, saved groups, and names to ask with. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import type { CellPeople } from "../api/types";
import { saveBlob } from "../charts/save";
import type { scopeParams } from "./scope";
import type { Answer, Condition, Group, Query, Scalar } from "./types";

const MINUTE_MS = 60_000;
const PAGE = 50;

type Call = (
  path: string,
  init?: object,
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
const { GET, POST, PATCH, DELETE } = api as unknown as Record<string, Call>;
const loose = <T>(call: Call | undefined, path: string, init: object = {}) =>
  ask((call as Call)(path, init)) as Promise<T>;

export const post = <T>(path: string, init: object) => loose<T>(POST, path, init);

/** The answer to a question; while another is computed, keep showing the last one. */
export function answerQuery<R>(query: Query) {
  return queryOptions({
    queryKey: ["journeys", "query", query],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) => loose<Answer<R>>(POST, "/api/journeys/query", { body: query, signal }),
  });
}

/** Exactly the people whom a cell of an answer counts. */
export function cellQuery(query: Query, cell: string) {
  return infiniteQueryOptions({
    queryKey: ["journeys", "cell", query, cell],
    initialPageParam: "",
    staleTime: MINUTE_MS,
    queryFn: ({ pageParam, signal }) =>
      loose<CellPeople>(POST, "/api/journeys/query/people", {
        body: { query, cell, cursor: pageParam || null, limit: PAGE },
        signal,
      }),
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** Have the server write an answer into a file, and save it. */
export async function saveAnswer(
  name: string,
  query: Query,
  format: "csv" | "parquet",
): Promise<void> {
  const blob = await loose<Blob>(POST, "/api/journeys/query/export", {
    params: { query: { format } },
    body: query,
    parseAs: "blob",
  });
  saveBlob(`${name}.${format}`, blob);
}

/** What follows what in a scope. */
export const graphQuery = (params: ReturnType<typeof scopeParams>) =>
  queryOptions({
    queryKey: ["journeys", "graph", params],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/journeys/graph", { params: { query: params }, signal })),
  });

/** A property or trait, and values it has had. */
export interface Named {
  name: string;
  examples: Scalar[];
}

export const propertiesQuery = (event: string) =>
  queryOptions({
    queryKey: ["properties", event],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      loose<{ items: Named[] }>(GET, "/api/properties", {
        params: { query: event === "" ? {} : { name: event } },
        signal,
      }),
  });

export const traitsQuery = queryOptions({
  queryKey: ["traits"],
  staleTime: MINUTE_MS,
  queryFn: ({ signal }) => loose<{ items: Named[] }>(GET, "/api/traits", { signal }),
});

export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  staleTime: MINUTE_MS,
  queryFn: async ({ signal }) =>
    (await loose<{ items: Group[] }>(GET, "/api/groups", { signal })).items,
});

export const makeGroup = (name: string, condition: Condition) =>
  loose<Group>(POST, "/api/groups", { body: { name, condition } });

export const changeGroup = (id: string, change: { name?: string; condition?: Condition }) =>
  loose<Group>(PATCH, "/api/groups/{id}", { params: { path: { id } }, body: change });

export const dropGroup = (id: string) =>
  loose<unknown>(DELETE, "/api/groups/{id}", { params: { path: { id } } });
