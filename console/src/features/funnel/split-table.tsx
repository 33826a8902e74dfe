import { useTranslation } from "react-i18next";
import { HeatTable } from "@/shared/charts/heat-table";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { figureWords } from "@/shared/query/figure-text";
import { Plain } from "@/shared/ui/names";
import { Section } from "@/shared/ui/page";
import type { FunnelSplit, FunnelStep } from "./types";

interface SplitTableProps {
  splits: readonly FunnelSplit[];
  steps: readonly FunnelStep[];
  /** The values are channels, which have names of their own. */
  isChannel: boolean;
  onOpen: (cell: string | null) => void;
}

/** The funnel of each value side by side: how many of those who entered reached each step. */
export function SplitTable({ splits, steps, isChannel, onOpen }: SplitTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const name = (split: FunnelSplit) => {
    if (split.is_unknown) return t("funnel.unknownValue");
    if (split.is_other) return t("funnel.otherValues");
    return isChannel ? word("channels", split.label) : split.label;
  };
  return (
    <Section title={t("funnel.splitTitle")} note={t("funnel.splitNote")}>
      <HeatTable
        label={t("funnel.splitTitle")}
        corner={t("funnel.value")}
        noteHead={t("funnel.entered")}
        head={steps.slice(1).map((step) => step.label)}
        rows={splits.map((split, at) => {
          const entered = split.steps[0]?.reached;
          return {
            key: `${at}:${split.label}`,
            label: <Plain>{name(split)}</Plain>,
            note: entered?.count == null ? t("query.suppressed") : format.number(entered.count),
            cells: split.steps.slice(1).map(({ reached, label }, step) => ({
              key: String(step),
              heat: reached.share,
              text: reached.share === null ? "–" : format.percent(reached.share),
              title: `${name(split)}, ${label}: ${figureWords(reached, t, format)}`,
              open: (reached.open ?? 0) > 0,
              onOpen: reached.cell === null ? undefined : () => onOpen(reached.cell),
            })),
          };
        })}
      />
    </Section>
  );
}
