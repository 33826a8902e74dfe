import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "@/shared/api/client";
import { followJob } from "@/shared/api/jobs";
import type { Job } from "@/shared/api/types";

export const STATES = ["open", "replayed", "discarded"] as const;

interface QuarantineFilter {
  reason: string;
  source: string;
  state: (typeof STATES)[number];
}

export const quarantineQuery = ({ reason, source, state }: QuarantineFilter) =>
  infiniteQueryOptions({
    queryKey: ["quarantine", reason, source, state],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = {
        state,
        ...(reason === "" ? {} : { reason }),
        ...(source === "" ? {} : { source: Number(source) }),
        ...(pageParam === "" ? {} : { cursor: pageParam }),
      };
      return ask(api.GET("/api/quarantine", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Which events to replay: some by their ids, or all of a reason; with a fix or as they are. */
export interface ReplayOrder {
  ids?: number[];
  reason?: string;
  fix?: Record<string, unknown>;
}

export function useQuarantineWork(onDone: (job: Job) => void) {
  const queryClient = useQueryClient();
  const finish = async (job: Job) => {
    onDone(job);
    await queryClient.invalidateQueries({ queryKey: ["quarantine"] });
  };
  const replay = useMutation({
    mutationFn: async (order: ReplayOrder) => {
      const { job } = await ask(api.POST("/api/quarantine/replay", { body: order }));
      return followJob(job);
    },
    onSuccess: finish,
  });
  const discard = useMutation({
    mutationFn: async (ids: number[]) => {
      const { job } = await ask(api.POST("/api/quarantine/discard", { body: { ids } }));
      return followJob(job);
    },
    onSuccess: finish,
  });
  return { replay, discard };
}
