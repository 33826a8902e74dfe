import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import type { components } from "@/shared/api/schema";
import type { DraftGiven, MapBody } from "./types";
import type { MapsParams } from "./url";

type AllowanceGiven = components["schemas"]["AllowanceNew"];

const MINUTE_MS = 60_000;
const at = (map_id: string) => ({ path: { map_id } });

export const mapsQuery = queryOptions({
  queryKey: ["maps", "list"],
  queryFn: async ({ signal }) => (await ask(api.GET("/api/maps", { signal }))).items,
});

export const mapQuery = (map: string) =>
  queryOptions({
    queryKey: ["maps", "one", map],
    queryFn: ({ signal }) => ask(api.GET("/api/maps/{map_id}", { params: at(map), signal })),
  });

export const yamlQuery = (map: string, version: number) =>
  queryOptions({
    queryKey: ["maps", "yaml", map, version],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/maps/{map_id}/yaml", { params: { ...at(map), query: { version } }, signal }),
      ),
  });

export const versionsQuery = (map: string) =>
  queryOptions({
    queryKey: ["maps", "versions", map],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/maps/{map_id}/versions", { params: at(map), signal }))).items,
  });

export const conformanceQuery = (map: string, query: MapsParams) =>
  queryOptions({
    queryKey: ["maps", "conformance", map, query],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/maps/{map_id}/conformance", { params: { ...at(map), query }, signal })),
  });

export const driftQuery = (map: string) =>
  queryOptions({
    queryKey: ["maps", "drift", map],
    queryFn: ({ signal }) => ask(api.GET("/api/maps/{map_id}/drift", { params: at(map), signal })),
  });

export const allowancesQuery = (map: string) =>
  queryOptions({
    queryKey: ["maps", "allowances", map],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/maps/{map_id}/allowances", { params: at(map), signal }))).items,
  });

export const ledgerQuery = (map: string, query: MapsParams) =>
  queryOptions({
    queryKey: ["maps", "ledger", map, query],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      ask(api.GET("/api/ledger", { params: { query: { ...query, map } }, signal })),
  });

/** Exactly the people behind a figure of conformance, or (with `time:` before it) of the ledger. */
export const peopleQuery = (map: string, cell: string, query: MapsParams) =>
  infiniteQueryOptions({
    queryKey: ["maps", "people", map, cell, query],
    initialPageParam: "",
    staleTime: MINUTE_MS,
    queryFn: ({ pageParam, signal }) => {
      const page = { ...query, ...(pageParam === "" ? {} : { cursor: pageParam }) };
      if (cell.startsWith("time:"))
        return ask(
          api.GET("/api/ledger/people", {
            params: { query: { ...page, map, cell: cell.slice("time:".length) } },
            signal,
          }),
        );
      return ask(
        api.GET("/api/maps/{map_id}/people", {
          params: { ...at(map), query: { ...page, deviation: cell } },
          signal,
        }),
      );
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** What people change about maps; whatever stands on them is fetched anew. */
export function useMapWork(map: string) {
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: ["maps"] });
  const create = useMutation({
    mutationFn: (body: MapBody) => ask(api.POST("/api/maps", { body: { body } })),
    onSuccess,
  });
  const draft = useMutation({
    mutationFn: (body: DraftGiven) => ask(api.POST("/api/maps/draft", { body })),
  });
  const save = useMutation({
    mutationFn: (body: { body: MapBody; based_on: number; note: string }) =>
      ask(api.POST("/api/maps/{map_id}/versions", { params: at(map), body })),
    onSuccess,
  });
  const restore = useMutation({
    mutationFn: (version: number) =>
      ask(api.POST("/api/maps/{map_id}/versions", { params: at(map), body: { restore: version } })),
    onSuccess,
  });
  const publish = useMutation({
    mutationFn: (published: number) =>
      ask(api.PATCH("/api/maps/{map_id}", { params: at(map), body: { published } })),
    onSuccess,
  });
  const saveYaml = useMutation({
    mutationFn: (body: { yaml: string; based_on: number }) =>
      ask(api.PUT("/api/maps/{map_id}/yaml", { params: at(map), body })),
    onSuccess,
  });
  const allow = useMutation({
    mutationFn: (body: AllowanceGiven) =>
      ask(api.POST("/api/maps/{map_id}/allowances", { params: at(map), body })),
    onSuccess,
  });
  const disallow = useMutation({
    mutationFn: (key: string) =>
      ask(
        api.DELETE("/api/maps/{map_id}/allowances/{key}", {
          params: { path: { map_id: map, key } },
        }),
      ),
    onSuccess,
  });
  return { create, draft, save, restore, publish, saveYaml, allow, disallow };
}
