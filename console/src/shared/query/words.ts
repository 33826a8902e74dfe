import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { sourcesQuery } from "../api/queries";
import { useAllowed } from "../api/session";
import type { Format } from "../format/format";
import { useFormat } from "../format/use-format";
import { useWord } from "../i18n/word";
import type { Condition, Operator, Scalar, Value } from "./types";

interface Speaker {
  t: TFunction;
  format: Format;
  channel: (code: string) => string;
  source: (id: number) => string;
}

const isolated = (text: string) => `\u2068${text}\u2069`;

function scalarText(value: Scalar, { t, format }: Speaker): string {
  if (typeof value === "number") return format.number(value);
  if (typeof value === "boolean") return t(value ? "query.yes" : "query.no");
  return isolated(value);
}

function valueText(value: Value | undefined, speaker: Speaker): string {
  if (value === null || value === undefined) return "";
  if (!Array.isArray(value)) return scalarText(value, speaker);
  return value.map((one) => scalarText(one, speaker)).join(speaker.t("query.or"));
}

function comparisonText(name: string, op: Operator, value: Value | undefined, speaker: Speaker) {
  const said = [isolated(name), speaker.t(`query.ops.${op}`)];
  if (op === "between" && Array.isArray(value))
    said.push(value.map((one) => scalarText(one, speaker)).join(speaker.t("query.and")));
  else said.push(valueText(value, speaker));
  return said.filter(Boolean).join(" ");
}

function spanText(from: string | null | undefined, to: string | null | undefined, s: Speaker) {
  const said = [
    from ? s.t("query.since", { at: s.format.date(from) }) : "",
    to ? s.t("query.until", { at: s.format.date(new Date(to).getTime() - 1) }) : "",
  ];
  return said.filter(Boolean).join(" ");
}

function didText(condition: Extract<Condition, { kind: "did" }>, speaker: Speaker): string {
  const { t, format } = speaker;
  const { op = "at_least", value = 1 } = condition.count ?? {};
  const what = condition.event
    ? wordsOf(condition.event, speaker)
    : (condition.names ?? []).map(isolated).join(t("query.or"));
  const span = spanText(condition.from, condition.to, speaker);
  const never = value === 0 && (op === "equals" || op === "at_most");
  const isPlain = op === "at_least" && value === 1;
  const times = t(`query.times.${timesKey(op)}`, { value: format.number(value) });
  const said = never
    ? t("query.never", { what })
    : isPlain
      ? t("query.did", { what })
      : t("query.didTimes", { what, times });
  return span === "" ? said : `${said} ${span}`;
}

function timesKey(op: Operator): "at_least" | "at_most" | "equals" {
  return op === "at_most" || op === "equals" ? op : "at_least";
}

function joined(parts: Condition[], word: string, speaker: Speaker): string {
  const said = parts.map((part) => {
    const text = wordsOf(part, speaker);
    return part.kind === "all" || part.kind === "any" ? `(${text})` : text;
  });
  return said.join(word);
}

/** A condition in plain words. */
function wordsOf(condition: Condition, speaker: Speaker): string {
  const { t } = speaker;
  switch (condition.kind) {
    case "all":
      return joined(condition.of, t("query.and"), speaker);
    case "any":
      return joined(condition.of, t("query.or"), speaker);
    case "not":
      return t("query.not", { what: wordsOf(condition.of, speaker) });
    case "event":
      return condition.names.map(isolated).join(t("query.or"));
    case "property":
    case "context":
      return comparisonText(condition.path, condition.op, condition.value, speaker);
    case "trait":
      return comparisonText(condition.name, condition.op, condition.value, speaker);
    case "channel":
      return t("query.inChannel", {
        what: condition.names.map(speaker.channel).join(t("query.or")),
      });
    case "source":
      return t("query.fromSource", { what: condition.ids.map(speaker.source).join(t("query.or")) });
    case "time":
      return spanText(condition.from, condition.to, speaker);
    default:
      return didText(condition, speaker);
  }
}

/** Says conditions in plain words, in the language of who looks. */
export function useConditionWords(): (condition: Condition) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const maySee = useAllowed("sources.read");
  const { data: sources } = useQuery({ ...sourcesQuery, enabled: maySee });
  return useCallback(
    (condition) =>
      wordsOf(condition, {
        t,
        format,
        channel: (code) => word("channels", code),
        source: (id) => isolated(sources?.find((one) => one.id === id)?.name ?? String(id)),
      }),
    [t, format, word, sources],
  );
}
