/** Lists that several rooms need to name things: sources, event names, channels. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "./client";

const MINUTE_MS = 60_000;

export const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  staleTime: MINUTE_MS,
  queryFn: async () => (await ask(api.GET("/api/sources"))).items,
});

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: async () => (await ask(api.GET("/api/users"))).items,
});

export const namesQuery = queryOptions({
  queryKey: ["names"],
  staleTime: MINUTE_MS,
  queryFn: () => ask(api.GET("/api/names")),
});

export const channelsQuery = queryOptions({
  queryKey: ["channels"],
  staleTime: MINUTE_MS,
  queryFn: () => ask(api.GET("/api/channels")),
});
