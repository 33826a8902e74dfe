import { useComputedColorScheme, useDirection } from "@mantine/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Pulse } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { type RateTexts, rateOption } from "./rate-option";

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

interface RateChartProps {
  minutes: Pulse["events_per_minute"];
  usual: number | null;
}

/** Events a minute in the last hour. Time runs in the direction of reading. */
export default function RateChart({ minutes, usual }: RateChartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { dir } = useDirection();
  const scheme = useComputedColorScheme("light");
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const texts = useMemo<RateTexts>(
    () => ({
      stored: t("pulse.stored"),
      duplicates: t("pulse.duplicates"),
      held: t("pulse.held"),
      usual: t("pulse.usualRate"),
    }),
    [t],
  );
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
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    chart.current?.setOption(
      rateOption({ minutes, usual, rtl: dir === "rtl", texts, format, color, scheme }),
    );
  }, [minutes, usual, dir, texts, format, scheme]);
  const latest = minutes.at(-1)?.stored ?? 0;
  return (
    <div
      ref={place}
      dir="ltr"
      role="img"
      aria-label={t("pulse.rateLabel", { latest })}
      style={{ blockSize: 250 }}
    />
  );
}
