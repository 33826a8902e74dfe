import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask, rememberCsrf } from "./client";
import type { Me, Permission } from "./types";

/** The signed-in account. Everything else in the console waits for it. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
  queryFn: async (): Promise<Me> => {
    const me = await ask(api.GET("/api/me"));
    rememberCsrf(me.csrf);
    return me;
  },
});

export function useMe(): Me | undefined {
  return useQuery({ ...meQuery, enabled: false }).data;
}

/** Whether the signed-in account may do something. The server decides; this only hides the rest. */
export function useAllowed(permission: Permission): boolean {
  return useMe()?.permissions.includes(permission) ?? false;
}
