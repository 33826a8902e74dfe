import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { AsTable } from "@/shared/charts/as-table";
import { Chart } from "@/shared/charts/chart";
import type { ChartKit } from "@/shared/charts/kit";
import { useFormat } from "@/shared/format/use-format";
import { Empty } from "@/shared/ui/empty";
import { QueryView } from "@/shared/ui/query-view";
import { driftQuery, useMapWork } from "./api";
import { driftOption } from "./drift-option";
import classes from "./maps.module.css";
import type { Drift, MapShape } from "./types";

/** Does reality move away from the map: fitness by day, the last week against the usual. */
export function DriftView({ stored }: { stored: MapShape }) {
  const { t } = useTranslation();
  const drift = useQuery(driftQuery(stored.id));
  const mayEdit = useAllowed("journeys.edit");
  const { publish } = useMapWork(stored.id);
  return (
    <QueryView query={drift} skeleton={<Skeleton height={320} />}>
      {(data) =>
        data.published === 0 ? (
          <Empty title={t("maps.notWatched")} text={t("maps.notWatchedText")}>
            {mayEdit && (
              <Button loading={publish.isPending} onClick={() => publish.mutate(stored.newest)}>
                {t("maps.publish")}
              </Button>
            )}
          </Empty>
        ) : data.days.length === 0 ? (
          <Empty title={t("maps.noDays")} text={t("maps.noDaysText")} />
        ) : (
          <Line data={data} />
        )
      }
    </QueryView>
  );
}

function Line({ data }: { data: Drift }) {
  const { t } = useTranslation();
  const format = useFormat();
  const option = useCallback((kit: ChartKit) => driftOption(data, kit), [data]);
  const share = (value: number | null) => (value === null ? "–" : format.percent(value));
  const numbers = { recent: share(data.recent), usual: share(data.usual) };
  return (
    <>
      <p className={classes.lede} data-bad={data.has_fallen || undefined}>
        {data.has_fallen
          ? t("maps.fell", numbers)
          : data.p === null
            ? t("maps.tooFew", numbers)
            : t("maps.steady", numbers)}
      </p>
      <Chart label={t("maps.driftLabel", numbers)} height={280} option={option} />
      <AsTable
        label={t("maps.views.drift")}
        head={[t("common.time"), t("maps.fitness"), t("maps.attempts"), t("maps.fitting")]}
        rows={[...data.days].reverse().map((day) => ({
          key: day.day,
          cells: [
            format.date(day.day),
            format.percent(day.fitness),
            format.number(day.attempts),
            format.number(day.fitting),
          ],
        }))}
      />
    </>
  );
}
