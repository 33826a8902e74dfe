import { amountAxis, baseOption, type ChartKit } from "@/shared/charts/kit";
import type { CurvePoint } from "./types";

interface CurveInput {
  steps: readonly CurvePoint[];
  /** How far the axis reaches, in days. */
  days: number;
  name: (day: number) => string;
}

type Pair = [number, number];

/** The curve as a staircase from the first day to the last; it falls at each step. */
function stairs(steps: readonly CurvePoint[], days: number, of: (step: CurvePoint) => number) {
  const shown = steps.filter((step) => step.days <= days);
  const points: Pair[] = [[0, 1], ...shown.map((step): Pair => [step.days, of(step)])];
  const last = points.at(-1)?.[1] ?? 1;
  return [...points, [days, last] as Pair];
}

/** What ECharts draws: what part still holds after so many days, with its interval. */
export function curveOption({ steps, days, name }: CurveInput, kit: ChartKit) {
  const base = baseOption(kit);
  const color = kit.color("--accent");
  const line = { type: "line" as const, step: "end" as const, symbol: "none", silent: true };
  const edge = { color, width: 1, type: "dashed" as const, opacity: 0.7 };
  const least = Math.min(1, ...steps.filter((s) => s.days <= days).map((step) => step.low));
  return {
    ...base,
    tooltip: { show: false },
    grid: { ...base.grid, top: 12, left: 10, right: 18 },
    xAxis: {
      type: "value" as const,
      min: 0,
      max: days,
      interval: days > 7 ? 2 : 1,
      inverse: kit.rtl,
      splitLine: { show: false },
      axisLine: { lineStyle: { color: kit.color("--rule-strong") } },
      axisLabel: { color: kit.color("--ink-soft"), hideOverlap: true, formatter: name },
    },
    yAxis: {
      ...amountAxis(kit, kit.format.percent),
      min: Math.max(0, Math.floor(least * 10 - 1) / 10),
      max: 1,
    },
    series: [
      { ...line, data: stairs(steps, days, (step) => step.low), lineStyle: edge },
      { ...line, data: stairs(steps, days, (step) => step.high), lineStyle: edge },
      {
        ...line,
        data: stairs(steps, days, (step) => step.share),
        lineStyle: { color, width: 2.5 },
      },
    ],
  };
}
