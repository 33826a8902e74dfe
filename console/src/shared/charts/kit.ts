import { useComputedColorScheme, useDirection } from "@mantine/core";
import { useMemo } from "react";
import type { Format } from "../format/format";
import { useFormat } from "../format/use-format";

export const CHART_FONT = "Vazirmatn Variable";

/** What a chart needs to know of the place where it stands. */
export interface ChartKit {
  format: Format;
  /** Right to left: the charting library does not mirror, so axes are turned by hand. */
  rtl: boolean;
  /** The colour behind a variable of the theme, e.g. `--accent`. */
  color: (variable: string) => string;
}

export function useChartKit(): ChartKit {
  const format = useFormat();
  const { dir } = useDirection();
  const scheme = useComputedColorScheme("light");
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    // The scheme is read, so that its change makes new colours.
    const color = (variable: string) => style.getPropertyValue(variable).trim() || scheme;
    return { format, rtl: dir === "rtl", color };
  }, [format, dir, scheme]);
}

/** Text, room around the drawing and tooltip, the same in all charts. */
export function baseOption({ color }: ChartKit) {
  return {
    animation: false,
    textStyle: { fontFamily: CHART_FONT, color: color("--ink-soft"), fontSize: 12 },
    grid: { top: 16, bottom: 4, left: 4, right: 8, containLabel: true },
    tooltip: {
      trigger: "axis" as const,
      renderMode: "richText" as const,
      confine: true,
      backgroundColor: color("--sheet"),
      borderColor: color("--rule"),
      textStyle: { fontFamily: CHART_FONT, color: color("--ink"), fontSize: 13 },
    },
  };
}

/** An axis of things in a row (days, steps); it begins where reading begins. */
export function rowAxis(kit: ChartKit, data: string[], interval: number | "auto" = "auto") {
  return {
    type: "category" as const,
    inverse: kit.rtl,
    data,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: kit.color("--rule-strong") } },
    axisLabel: { color: kit.color("--ink-soft"), interval, hideOverlap: true },
  };
}

/** An axis of amounts; it stands where reading begins. */
export function amountAxis(kit: ChartKit, write: (value: number) => string) {
  return {
    type: "value" as const,
    position: kit.rtl ? ("right" as const) : ("left" as const),
    splitNumber: 3,
    splitLine: { lineStyle: { color: kit.color("--rule") } },
    axisLabel: { color: kit.color("--ink-soft"), formatter: write },
  };
}
