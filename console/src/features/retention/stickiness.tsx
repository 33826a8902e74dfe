import { useTranslation } from "react-i18next";
import { Bars } from "@/shared/charts/bars";
import { FigureText } from "@/shared/query/figure-text";
import { Section } from "@/shared/ui/page";
import type { StickinessResult, Unit } from "./types";

interface StickinessProps {
  result: StickinessResult;
  unit: Unit;
  onOpen: (cell: string | null) => void;
}

/** In how many intervals people were active: who comes once, and who keeps coming. */
export function Stickiness({ result, unit, onOpen }: StickinessProps) {
  const { t } = useTranslation();
  return (
    <Section
      title={t("retention.views.stickiness")}
      note={t("retention.stickinessNote", {
        of: t(`retention.spans.${unit}`, { count: result.of_intervals }),
      })}
    >
      <Bars
        label={t("retention.views.stickiness")}
        rows={result.bars.map(({ intervals, people }) => ({
          key: String(intervals),
          label: t(`retention.active.${unit}`, { count: intervals }),
          value: people.count ?? 0,
          text: <FigureText figure={people} />,
          action: t("query.peopleBehind"),
          onOpen: people.cell === null ? undefined : () => onOpen(people.cell),
        }))}
      />
    </Section>
  );
}
