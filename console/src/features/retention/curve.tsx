import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { AsTable } from "@/shared/charts/as-table";
import { Chart } from "@/shared/charts/chart";
import type { ChartKit } from "@/shared/charts/kit";
import { useFormat } from "@/shared/format/use-format";
import { useSideNames } from "@/shared/query/differences";
import { FigureText, figureWords } from "@/shared/query/figure-text";
import type { Compared } from "@/shared/query/types";
import { Section } from "@/shared/ui/page";
import { curveOption } from "./curve-option";
import type { RetentionResult } from "./types";
import type { RetentionUrl } from "./url";

interface CurveProps {
  result: RetentionResult;
  compared: Compared<RetentionResult> | null;
  url: RetentionUrl;
  onOpen: (cell: string | null) => void;
}

/** What part comes again over time, with its interval; two lines when two sides are compared. */
export function Curve({ result, compared, url, onOpen }: CurveProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useSideNames(compared ?? { name_a: "", name_b: "" });
  const { a, b } = names;
  const option = useCallback(
    (kit: ChartKit) =>
      curveOption(
        {
          lines: [
            { name: compared ? a : "", cells: result.total.slice(1) },
            ...(compared ? [{ name: b, cells: compared.result_b.total.slice(1) }] : []),
          ],
          head: (period) => t(`retention.in.${url.unit}`, { count: period }),
        },
        kit,
      ),
    [result, compared, a, b, url.unit, t],
  );
  const pick = useCallback(
    ({ index }: { index: number }) => onOpen(result.total[index + 1]?.cell ?? null),
    [result, onOpen],
  );
  const first = result.total[1];
  return (
    <Section title={t("retention.curve")} note={t("retention.curveNote")}>
      <Chart
        label={t("retention.curveLabel", {
          what: first ? figureWords(first, t, format) : "–",
        })}
        height={240}
        option={option}
        onPick={pick}
      />
      <AsTable
        label={t("retention.curve")}
        head={[t(`retention.units.${url.unit}`), t("query.peopleBehind")]}
        rows={result.total.slice(1).map((cell, at) => ({
          key: String(at),
          cells: [
            t(`retention.in.${url.unit}`, { count: at + 1 }),
            <FigureText key="figure" figure={cell} />,
          ],
        }))}
      />
    </Section>
  );
}
