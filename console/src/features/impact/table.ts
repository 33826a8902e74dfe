import type { Datum } from "@/shared/charts/save";
import type { ImpactAnswer } from "./types";

const DRIVER = [
  "key",
  "nature",
  "direction",
  "people",
  "expected",
  "odds_ratio",
  "low",
  "high",
  "q",
  "effect",
  "effect_low",
  "effect_high",
  "per_month",
] as const;
const POINT = [
  "side",
  "from_s",
  "to_s",
  "value",
  "expected",
  "difference",
  "low",
  "high",
  "q",
] as const;
const CREDIT = ["touch", "conversions", "low", "high", "share", "value", "removal_effect"] as const;

/** The numbers of an answer with a head, for a file. */
export function tableOf(result: ImpactAnswer["result"]): Datum[][] {
  if (result.kind === "drivers")
    return [[...DRIVER], ...result.rows.map((row) => DRIVER.map((name) => row[name]))];
  if (result.kind === "taint")
    return [[...POINT], ...result.points.map((point) => POINT.map((name) => point[name]))];
  return [
    ["model", ...CREDIT],
    ...result.models.flatMap(({ model, rows }) =>
      rows.map((row) => [model, ...CREDIT.map((name) => row[name])]),
    ),
  ];
}
