import { useTranslation } from "react-i18next";
import { ColumnChart, withoutEmptyEnds } from "@/shared/charts/columns";
import { useFormat } from "@/shared/format/use-format";
import { Section } from "@/shared/ui/page";
import type { FunnelResult } from "./types";

interface TimeToConvertProps {
  times: FunnelResult["time_to_convert"];
  onOpen: (cell: string | null) => void;
}

/** How long those who got through took, from the first step to the last. */
export function TimeToConvert({ times, onOpen }: TimeToConvertProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { median_s: median, mean_s: mean, p95_s: p95 } = times;
  const bins = withoutEmptyEnds(times.bins, (bin) => bin.count === 0);
  if (bins.length === 0 || median === null) return null;
  return (
    <Section
      title={t("funnel.times")}
      note={t("funnel.timesNote", {
        median: format.span(median),
        mean: mean === null ? "–" : format.span(mean),
        p95: p95 === null ? "–" : format.span(p95),
      })}
    >
      <ColumnChart
        label={t("funnel.times")}
        rows={bins.map((bin) => {
          const from = format.span(bin.from_s);
          const count = bin.count ?? 0;
          return {
            key: String(bin.from_s),
            label: from,
            value: count,
            text: count === 0 ? "" : format.number(count),
            title: t("funnel.binLabel", {
              from,
              to: bin.to_s === null ? "∞" : format.span(bin.to_s),
              people: t("query.peopleCount", { count }),
            }),
            onOpen: bin.cell === null ? undefined : () => onOpen(bin.cell),
          };
        })}
      />
    </Section>
  );
}
