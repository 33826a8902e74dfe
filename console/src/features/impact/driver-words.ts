import type { TFunction } from "i18next";
import type { useWord } from "@/shared/i18n/word";
import type { Driver } from "./types";

const isolated = (text: string) => `\u2068${text}\u2069`;

/** A candidate in words: an event's name, "gateway: saman", "first attempt". */
export function driverName(row: Driver, t: TFunction, word: ReturnType<typeof useWord>): string {
  const value =
    typeof row.value === "boolean" ? t(row.value ? "query.yes" : "query.no") : row.value;
  switch (row.source) {
    case "first":
      return t("impact.firstAttempt");
    case "channel":
      return t("impact.viaChannel", { channel: word("channels", row.name) });
    case "property":
    case "trait":
      return `${isolated(row.name)}: ${isolated(String(value))}`;
    default:
      return isolated(row.name);
  }
}
