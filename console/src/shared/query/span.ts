/** Lengths of time as people set them: a number and a unit, `7d` in an address. */
export const SPAN_UNITS = ["s", "m", "h", "d"] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];

const SECONDS: Record<SpanUnit, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The largest unit in which a length is a whole number. */
export function spanParts(seconds: number): { value: number; unit: SpanUnit } {
  const unit =
    [...SPAN_UNITS]
      .reverse()
      .find((one) => seconds >= SECONDS[one] && seconds % SECONDS[one] === 0) ?? "s";
  return { value: seconds / SECONDS[unit], unit };
}

export const spanSeconds = (value: number, unit: SpanUnit) => value * SECONDS[unit];

export function writeSpan(seconds: number): string {
  const { value, unit } = spanParts(seconds);
  return `${value}${unit}`;
}

/** Seconds of a text like `7d`; `fallback` for what is none. */
export function readSpan(text: string, fallback: number): number {
  const found = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text);
  if (found === null) return fallback;
  const seconds = spanSeconds(Number(found[1]), found[2] as SpanUnit);
  return seconds > 0 ? seconds : fallback;
}
