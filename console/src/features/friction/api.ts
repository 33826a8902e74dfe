import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import type { DetectorGiven, RolesRowGiven, VerdictGiven } from "./types";
import type { FrictionParams } from "./url";

const MINUTE_MS = 60_000;

export const frictionQuery = (query: FrictionParams) =>
  queryOptions({
    queryKey: ["friction", "report", query],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) => ask(api.GET("/api/friction", { params: { query }, signal })),
  });

/** Exactly the people whom a problem counts. */
export const problemPeopleQuery = (key: string, query: FrictionParams) =>
  infiniteQueryOptions({
    queryKey: ["friction", "people", key, query],
    initialPageParam: "",
    staleTime: MINUTE_MS,
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET("/api/friction/{key}/people", {
          params: {
            path: { key },
            query: { ...query, ...(pageParam === "" ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const containmentQuery = (query: FrictionParams, withinDays: string) =>
  queryOptions({
    queryKey: ["friction", "containment", query, withinDays],
    staleTime: MINUTE_MS,
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/friction/containment", {
          params: { query: { ...query, within_days: Number(withinDays) } },
          signal,
        }),
      ),
  });

export const detectorsQuery = queryOptions({
  queryKey: ["friction", "detectors"],
  queryFn: async ({ signal }) => (await ask(api.GET("/api/friction/detectors", { signal }))).items,
});

export const rolesQuery = queryOptions({
  queryKey: ["friction", "roles"],
  queryFn: ({ signal }) => ask(api.GET("/api/friction/roles", { signal })),
});

/** Changes of what people decide; whatever stands on them is fetched anew. */
export function useFrictionWork() {
  const queryClient = useQueryClient();
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: ["friction"] });
  const judge = useMutation({
    mutationFn: ({ key, ...body }: VerdictGiven & { key: string }) =>
      ask(api.PATCH("/api/friction/{key}", { params: { path: { key } }, body })),
    onSuccess,
  });
  const setDetector = useMutation({
    mutationFn: (item: DetectorGiven) =>
      ask(api.PUT("/api/friction/detectors", { body: { items: [item] } })),
    onSuccess,
  });
  const setRoles = useMutation({
    mutationFn: (item: RolesRowGiven) =>
      ask(api.PUT("/api/friction/roles", { body: { items: [item] } })),
    onSuccess,
  });
  return { judge, setDetector, setRoles };
}
