/** Questions about journeys, the people behind an answer, saved groups, and names to ask with. */
import { infiniteQueryOptions, queryOptions, skipToken } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import type { components } from "../api/schema";
import { saveBlob } from "../charts/save";
import type { scopeParams } from "./scope";
import type { Answer, Condition, Query, ResultOf, Scalar } from "./types";

type Schemas = components["schemas"];

const MINUTE_MS = 60_000;
const PAGE = 50;

/** The answer to a question; while none is complete, nothing is asked. */
export function answerQuery<Q extends Query>(query: Q | null) {
  return queryOptions({
    queryKey: ["journeys", "query", query],
    staleTime: MINUTE_MS,
    queryFn:
      query === null
        ? skipToken
        : async ({ signal }) => {
            const answer = await ask(api.POST("/api/journeys/query", { body: query, signal }));
            // The kind of the result is that of the question.
            return answer as Answer<ResultOf<Q["kind"]>>;
          },
  });
}

/** Exactly the people whom a cell of an answer counts. */
export function cellQuery(query: Query, cell: string) {
  return infiniteQueryOptions({
    queryKey: ["journeys", "cell", query, cell],
    initialPageParam: "",
    staleTime: MINUTE_MS,
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.POST("/api/journeys/query/people", {
          body: { query, cell, cursor: pageParam || null, limit: PAGE },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** Have the server write an answer into a file, and save it. */
export async function saveAnswer(
  name: string,
  query: Query,
  format: "csv" | "parquet",
): Promise<void> {
  const blob = await ask(
    api.POST("/api/journeys/query/export", {
      // With the mark, spreadsheets read Persian as UTF-8.
      params: { query: { format, bom: format === "csv" } },
      body: query,
      parseAs: "blob",
    }),
  );
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

/** A property or trait that conditions may ask of, and values it has had. */
export interface Field {
  of: "property" | "context" | "trait";
  name: string;
  examples: Scalar[];
}

const isScalar = (value: unknown): value is Scalar =>
  ["string", "number", "boolean"].includes(typeof value);

function fieldsOf(shapes: readonly Schemas["FieldShape"][]): Field[] {
  return shapes.map(({ kind, path, examples }) => ({
    of: kind === "trait" || kind === "context" ? kind : "property",
    name: path,
    examples: examples.filter(isScalar),
  }));
}

/** Properties of events, of one name only when it is given. */
export const propertiesQuery = (event: string) =>
  queryOptions({
    queryKey: ["properties", event],
    staleTime: MINUTE_MS,
    queryFn: async ({ signal }) =>
      fieldsOf(
        await ask(
          api.GET("/api/properties", {
            params: { query: event === "" ? {} : { name: event } },
            signal,
          }),
        ),
      ),
  });

export const traitsQuery = queryOptions({
  queryKey: ["traits"],
  staleTime: MINUTE_MS,
  queryFn: async ({ signal }) => fieldsOf(await ask(api.GET("/api/traits", { signal }))),
});

export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  staleTime: MINUTE_MS,
  queryFn: async ({ signal }) => (await ask(api.GET("/api/groups", { signal }))).items,
});

export const makeGroup = (name: string, condition: Condition) =>
  ask(api.POST("/api/groups", { body: { name, condition } }));

export const changeGroup = (group: string, change: { name?: string; condition?: Condition }) =>
  ask(api.PATCH("/api/groups/{group}", { params: { path: { group } }, body: change }));

export const dropGroup = (group: string) =>
  ask(api.DELETE("/api/groups/{group}", { params: { path: { group } } }));
