import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import type { Difference } from "@/shared/query/types";
import { STATES, type Unit } from "./types";
import type { RetentionUrl } from "./url";

/** The name of an interval of a length: the day itself, or the month. */
export function useIntervalName(unit: Unit): (start: string, label: string) => string {
  const format = useFormat();
  return (start, label) => {
    if (unit === "jalali_month") return format.jalaliMonth(start) || label;
    return unit === "month" ? format.month(start) : format.date(start);
  };
}

/** What two sides differ in, in words. */
export function useDifferenceWords(url: RetentionUrl): (one: Difference) => string {
  const { t } = useTranslation();
  const word = useWord();
  return (one) => {
    const [kind = "", rest = ""] = one.key.split(":");
    if (kind === "total")
      return t("retention.afterPeriod", {
        at: t(`retention.in.${url.unit}`, { count: Number(rest) }),
      });
    if (kind === "bar") return t(`retention.active.${url.unit}`, { count: Number(rest) });
    if (kind === "channel") return word("channels", rest);
    const state = STATES.find((name) => name === rest);
    return state ? `${one.label.split(":")[0]}: ${t(`retention.states.${state}`)}` : one.label;
  };
}
