import { amountAxis, baseOption, CHART_FONT, type ChartKit, rowAxis } from "@/shared/charts/kit";
import type { RetentionCell } from "./types";

interface CurveInput {
  lines: readonly { name: string; cells: readonly RetentionCell[] }[];
  head: (period: number) => string;
}

const SHADES = ["--accent", "--ink-soft"] as const;

function lineSeries(line: CurveInput["lines"][number], at: number, kit: ChartKit) {
  const color = kit.color(SHADES[at] ?? "--ink-soft");
  const { cells, name } = line;
  const band = { type: "line" as const, stack: `band${at}`, symbol: "none", silent: true };
  const hidden = { lineStyle: { opacity: 0 }, tooltip: { show: false } };
  const last = cells.findLastIndex((cell) => cell.share !== null);
  return [
    {
      type: "line" as const,
      name,
      z: 3,
      symbolSize: 8,
      symbol: "circle",
      data: cells.map((cell, index) => ({
        value: cell.share,
        // Not over for all: an open dot.
        itemStyle: cell.is_mature
          ? { color }
          : { color: kit.color("--paper"), borderColor: color, borderWidth: 2 },
        label: {
          show: cell.share !== null,
          position: at === 0 ? ("top" as const) : ("bottom" as const),
          fontFamily: CHART_FONT,
          color: kit.color("--ink"),
          formatter: () => {
            const share = cell.share === null ? "" : kit.format.percent(cell.share);
            return index === last && name !== "" ? `${name}: ${share}` : share;
          },
        },
      })),
      lineStyle: { color, width: 2 },
    },
    { ...band, ...hidden, data: cells.map((cell) => cell.low) },
    {
      ...band,
      ...hidden,
      data: cells.map(({ low, high }) => (low === null || high === null ? null : high - low)),
      areaStyle: { color, opacity: 0.16 },
    },
  ];
}

/** What ECharts draws: a line with a dot and its number at each interval, its band around it. */
export function curveOption({ lines, head }: CurveInput, kit: ChartKit) {
  const base = baseOption(kit);
  const length = Math.max(0, ...lines.map((line) => line.cells.length));
  return {
    ...base,
    tooltip: { show: false },
    grid: { ...base.grid, top: 26, bottom: 6, left: 14, right: 14 },
    xAxis: {
      ...rowAxis(
        kit,
        Array.from({ length }, (_, at) => head(at + 1)),
      ),
    },
    yAxis: { ...amountAxis(kit, kit.format.percent), min: 0 },
    series: lines.flatMap((line, at) => lineSeries(line, at, kit)),
  };
}
