import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { type ChartKit, useChartKit } from "./kit";

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  // Drawn as SVG, so that what is saved is what is seen, at any size.
  SVGRenderer,
]);

/** What was pressed in a chart. */
interface Picked {
  series: number;
  index: number;
}

export interface ChartProps {
  /** What the chart says, in one sentence. */
  label: string;
  height?: number;
  option: (kit: ChartKit) => EChartsCoreOption;
  onPick?: (picked: Picked) => void;
}

/** The charting library; its own chunk, so import it only through `Chart`. */
export default function EChart({ label, height = 260, option, onPick }: ChartProps) {
  const kit = useChartKit();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = init(place.current);
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option(kit), { notMerge: true });
  }, [option, kit]);
  useEffect(() => {
    const made = chart.current;
    if (made === null || onPick === undefined) return undefined;
    const pick = (event: unknown) => {
      const { seriesIndex = 0, dataIndex } = event as { seriesIndex?: number; dataIndex: number };
      onPick({ series: seriesIndex, index: dataIndex });
    };
    made.on("click", pick);
    return () => {
      made.off("click", pick);
    };
  }, [onPick]);
  return <div ref={place} dir="ltr" role="img" aria-label={label} style={{ blockSize: height }} />;
}
