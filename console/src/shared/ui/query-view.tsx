import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "./problem-note";

interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  skeleton?: ReactNode;
}

/** Lines where text will stand, while it is loading. */
export function Lines({ count = 6 }: { count?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t("common.loading")}>
      {Array.from({ length: count }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never move.
        <Skeleton key={line} height={22} width={`${96 - ((line * 17) % 40)}%`} radius="sm" />
      ))}
    </Stack>
  );
}

/** The three faces of something fetched: coming, failed, here. */
export function QueryView<T>({ query, children, skeleton }: QueryViewProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  return skeleton ?? <Lines />;
}
