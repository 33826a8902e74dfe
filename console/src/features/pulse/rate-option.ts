import type { Pulse } from "@/shared/api/types";
import { amountAxis, baseOption, type ChartKit, rowAxis } from "@/shared/charts/kit";

interface RateTexts {
  stored: string;
  duplicates: string;
  held: string;
  usual: string;
}

interface RateInput {
  minutes: Pulse["events_per_minute"];
  usual: number | null;
  texts: RateTexts;
}

const MINUTES_BETWEEN_LABELS = 9;

function bars(name: string, data: number[], color: string) {
  return {
    name,
    type: "bar" as const,
    stack: "all",
    data,
    itemStyle: { color },
    barCategoryGap: "18%",
  };
}

/** What ECharts draws: stacked bars for what came, one dashed line for what is usual. */
export function rateOption({ minutes, usual, texts }: RateInput, kit: ChartKit) {
  const { format, color } = kit;
  const base = baseOption(kit);
  const series = (name: string, key: "stored" | "duplicates" | "quarantined", shade: string) =>
    bars(
      name,
      minutes.map((one) => one[key]),
      color(shade),
    );
  return {
    ...base,
    tooltip: {
      ...base.tooltip,
      valueFormatter: (value: unknown) => format.number(Math.round(Number(value))),
    },
    xAxis: rowAxis(
      kit,
      minutes.map((one) => format.time(one.minute)),
      MINUTES_BETWEEN_LABELS,
    ),
    yAxis: { ...amountAxis(kit, format.compact), minInterval: 1 },
    series: [
      series(texts.stored, "stored", "--accent"),
      series(texts.duplicates, "duplicates", "--ink-soft"),
      series(texts.held, "quarantined", "--warn"),
      {
        name: texts.usual,
        type: "line" as const,
        symbol: "none",
        silent: true,
        data: usual === null ? [] : minutes.map(() => usual),
        lineStyle: { color: color("--ink"), type: "dashed" as const, width: 1.5 },
        itemStyle: { color: color("--ink") },
      },
    ],
  };
}
