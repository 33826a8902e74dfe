import type { TFunction } from "i18next";
import type { Format } from "@/shared/format/format";
import type { FunnelResult, FunnelStep } from "./types";

interface Speaker {
  t: TFunction;
  format: Format;
}

const isolated = (text: string) => `\u2068${text}\u2069`;

function ofSteps(steps: readonly FunnelStep[], { t, format }: Speaker, suffix = "") {
  return steps.flatMap((step, at): [string | null, string][] => {
    const said = { step: `${format.number(at + 1)}. ${isolated(step.label)}` };
    return [
      [step.reached.cell, t("funnel.reachedTitle", said) + suffix],
      [step.dropped.cell, t("funnel.droppedTitle", said) + suffix],
    ];
  });
}

/** What the people of each cell have in common, in words. */
export function cellTitles(result: FunnelResult, speaker: Speaker): Map<string, string> {
  const { t, format } = speaker;
  const bins = result.time_to_convert.bins.map((bin): [string | null, string] => [
    bin.cell,
    t("funnel.binTitle", { from: format.span(bin.from_s) }),
  ]);
  const splits = (result.breakdown ?? []).flatMap((split) =>
    ofSteps(split.steps, speaker, ` · ${isolated(split.label)}`),
  );
  const all: [string | null, string][] = [
    [result.conversion.cell, t("funnel.convertedTitle")],
    [result.excluded?.cell ?? null, t("funnel.excludedPeople")],
    ...bins,
    ...splits,
    ...ofSteps(result.steps, speaker),
  ];
  return new Map(all.flatMap(([cell, title]) => (cell === null ? [] : [[cell, title]])));
}
