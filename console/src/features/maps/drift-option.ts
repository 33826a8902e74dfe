import { amountAxis, baseOption, type ChartKit, rowAxis } from "@/shared/charts/kit";
import type { Drift } from "./types";

/** What ECharts draws: fitness by day, with the usual as a dashed line. */
export function driftOption({ days, usual }: Drift, kit: ChartKit) {
  const color = kit.color("--accent");
  const least = Math.min(1, usual ?? 1, ...days.map((day) => day.fitness));
  return {
    ...baseOption(kit),
    tooltip: { show: false },
    xAxis: rowAxis(
      kit,
      days.map((day) => kit.format.shortDay(day.day)),
    ),
    yAxis: {
      ...amountAxis(kit, kit.format.percent),
      min: Math.max(0, Math.floor(least * 10 - 1) / 10),
      max: 1,
    },
    series: [
      {
        type: "line" as const,
        symbolSize: 5,
        data: days.map((day) => day.fitness),
        lineStyle: { color, width: 2 },
        itemStyle: { color },
        ...(usual === null
          ? {}
          : {
              markLine: {
                silent: true,
                symbol: "none",
                label: { show: false },
                lineStyle: { color: kit.color("--ink-soft"), type: "dashed" as const },
                data: [{ yAxis: usual }],
              },
            }),
      },
    ],
  };
}
