import { useTranslation } from "react-i18next";
import type { Format } from "./format";
import { useFormat } from "./use-format";

type Value = string | number;
type Values = Readonly<Record<string, Value>>;

const PLACE = /{{(\w+)}}/g;

/** A value as people read it; its unit is the end of its name, as everywhere in the API. */
function shown(name: string, value: Value, format: Format): string {
  if (name.endsWith("_at")) return format.moment(value);
  if (typeof value === "string") return `\u2068${value}\u2069`;
  if (name.endsWith("_s")) return format.span(value);
  if (name.endsWith("_bytes")) return format.bytes(value);
  if (name.endsWith("_pct")) return format.percent(value / 100);
  return format.number(value);
}

/** What the server says by a code and values, in the language of who looks; else its own words. */
export function useCause() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (
    group: "whys" | "alerts",
    code: string | null,
    values: Values | undefined,
    english: string,
  ): string => {
    const key = `causes.${group}.${code ?? ""}`;
    if (!i18n.exists(key) || values === undefined) return english;
    const message = String(i18n.getResource(i18n.language, "translation", key));
    const places = [...message.matchAll(PLACE)].map(([, name = ""]) => name);
    const texts: Record<string, string> = {};
    for (const name of places) {
      const value = values[name];
      if (value === undefined) return english;
      texts[name] = shown(name, value, format);
    }
    return (t as (key: string, values: Record<string, string>) => string)(key, texts);
  };
}
