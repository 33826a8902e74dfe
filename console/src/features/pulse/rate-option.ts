import type { Pulse } from "@/shared/api/types";
import type { Format } from "@/shared/format/format";

export interface RateTexts {
  stored: string;
  duplicates: string;
  held: string;
  usual: string;
}

interface RateInput {
  minutes: Pulse["events_per_minute"];
  usual: number | null;
  rtl: boolean;
  texts: RateTexts;
  format: Format;
  color: (name: string) => string;
  scheme: "light" | "dark";
}

const FONT = "Vazirmatn Variable";

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
export function rateOption({ minutes, usual, rtl, texts, format, color }: RateInput) {
  const soft = color("--ink-soft");
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: soft },
    grid: { top: 12, bottom: 4, left: 4, right: 4, containLabel: true },
    tooltip: {
      trigger: "axis" as const,
      renderMode: "richText" as const,
      backgroundColor: color("--sheet"),
      borderColor: color("--rule"),
      textStyle: { fontFamily: FONT, color: color("--ink"), fontSize: 13 },
      valueFormatter: (value: unknown) => format.number(Math.round(Number(value))),
    },
    xAxis: {
      type: "category" as const,
      inverse: rtl,
      data: minutes.map((one) => format.time(one.minute)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: color("--rule-strong") } },
      axisLabel: { color: soft, interval: 9 },
    },
    yAxis: {
      type: "value" as const,
      position: rtl ? ("right" as const) : ("left" as const),
      splitNumber: 3,
      minInterval: 1,
      splitLine: { lineStyle: { color: color("--rule") } },
      axisLabel: { color: soft, formatter: (value: number) => format.compact(value) },
    },
    series: [
      bars(
        texts.stored,
        minutes.map((one) => one.stored),
        color("--accent"),
      ),
      bars(
        texts.duplicates,
        minutes.map((one) => one.duplicates),
        soft,
      ),
      bars(
        texts.held,
        minutes.map((one) => one.quarantined),
        color("--warn"),
      ),
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
