import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Pulse } from "@/shared/api/types";
import { Chart } from "@/shared/charts/chart";
import type { ChartKit } from "@/shared/charts/kit";
import { rateOption } from "./rate-option";

interface RateChartProps {
  minutes: Pulse["events_per_minute"];
  usual: number | null;
}

/** Events a minute in the last hour. Time runs in the direction of reading. */
export function RateChart({ minutes, usual }: RateChartProps) {
  const { t } = useTranslation();
  const option = useCallback(
    (kit: ChartKit) => {
      const texts = {
        stored: t("pulse.stored"),
        duplicates: t("pulse.duplicates"),
        held: t("pulse.held"),
        usual: t("pulse.usualRate"),
      };
      return rateOption({ minutes, usual, texts }, kit);
    },
    [minutes, usual, t],
  );
  const latest = minutes.at(-1)?.stored ?? 0;
  return <Chart label={t("pulse.rateLabel", { latest })} height={250} option={option} />;
}
