import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { followJob } from "@/shared/api/jobs";

interface Cut {
  a: number;
  b: number;
  reason: string;
}

/** Separate two identifiers of a person, and take a separation back; both wait for the worker. */
export function useMerge(person: string, onDone: () => void) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const finish = async (message: string) => {
    notifications.show({ message });
    onDone();
    await queryClient.invalidateQueries({ queryKey: ["person"] });
    await queryClient.invalidateQueries({ queryKey: ["people"] });
  };
  const separate = useMutation({
    mutationFn: async (cut: Cut) => {
      const params = { path: { person: Number(person) } };
      const { job } = await ask(api.POST("/api/people/{person}/severances", { params, body: cut }));
      return followJob(job);
    },
    onSuccess: ({ result }) =>
      finish(
        result.still_joined === true
          ? t("customers.identity.stillJoined")
          : t("customers.identity.separated"),
      ),
  });
  const rejoin = useMutation({
    mutationFn: async (severance: string) => {
      const params = { path: { severance } };
      const { job } = await ask(api.DELETE("/api/severances/{severance}", { params }));
      return followJob(job);
    },
    onSuccess: () => finish(t("customers.identity.rejoined")),
  });
  return { separate, rejoin };
}
