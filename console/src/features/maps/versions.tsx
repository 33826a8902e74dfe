import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { DataTable } from "@/shared/ui/data-table";
import { Plain } from "@/shared/ui/names";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";
import { useMapWork, versionsQuery } from "./api";
import type { MapShape } from "./types";

/** Every save; one of them is watched, each can be brought back. */
export function Versions({ stored }: { stored: MapShape }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useAllowed("journeys.edit");
  const versions = useQuery(versionsQuery(stored.id));
  const { restore, publish } = useMapWork(stored.id);
  return (
    <>
      {restore.error && <ProblemNote error={restore.error} />}
      {publish.error && <ProblemNote error={publish.error} />}
      <QueryView query={versions}>
        {(rows) => (
          <DataTable
            label={t("maps.views.versions")}
            rows={rows}
            rowKey={(row) => String(row.version)}
            columns={[
              {
                id: "version",
                header: t("maps.version"),
                numeric: true,
                cell: (row) => format.number(row.version),
              },
              { id: "note", header: t("maps.note"), cell: (row) => <Plain>{row.note}</Plain> },
              {
                id: "at",
                header: t("common.time"),
                nowrap: true,
                cell: (row) => <time dateTime={row.made_at}>{format.moment(row.made_at)}</time>,
              },
              {
                id: "do",
                header: t("maps.do"),
                cell: (row) => (
                  <Group gap="xs">
                    {row.version === stored.published && <span>{t("maps.published")}</span>}
                    {mayEdit && row.version !== stored.published && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        loading={publish.isPending && publish.variables === row.version}
                        onClick={() => publish.mutate(row.version)}
                      >
                        {t("maps.publish")}
                      </Button>
                    )}
                    {mayEdit && row.version !== stored.newest && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        loading={restore.isPending && restore.variables === row.version}
                        onClick={() => restore.mutate(row.version)}
                      >
                        {t("maps.restore")}
                      </Button>
                    )}
                  </Group>
                ),
              },
            ]}
          />
        )}
      </QueryView>
    </>
  );
}
