import { type CalendarDate, fromDate, parseDate, toCalendarDate } from "@internationalized/date";

/** Whole days in the workspace's zone, as `2026-11-23`; empty means open on that side. */
export interface DayRange {
  from: string;
  to: string;
}

export type Preset = "day" | "week" | "month" | "quarter";

const DAYS: Record<Preset, number> = { day: 1, week: 7, month: 30, quarter: 90 };
export const PRESETS = ["day", "week", "month", "quarter"] as const;

/** A civil date, or null when the text is none. */
export function dayOf(text: string): CalendarDate | null {
  try {
    return parseDate(text);
  } catch {
    return null;
  }
}

/** The range that ends today and is this long. */
export function presetRange(preset: Preset, now: number, zone: string): DayRange {
  const today = toCalendarDate(fromDate(new Date(now), zone));
  return { from: today.subtract({ days: DAYS[preset] - 1 }).toString(), to: today.toString() };
}

/** The preset that a range is, if any. */
export function presetOf(range: DayRange, now: number, zone: string): Preset | null {
  const same = (preset: Preset) => {
    const wanted = presetRange(preset, now, zone);
    return wanted.from === range.from && wanted.to === range.to;
  };
  return PRESETS.find(same) ?? null;
}

/** Days as instants for the server: from the first moment to just before the day after the last. */
export function instants(range: DayRange, zone: string): { from?: string; to?: string } {
  const first = dayOf(range.from);
  const last = dayOf(range.to);
  return {
    ...(first ? { from: first.toDate(zone).toISOString() } : {}),
    ...(last ? { to: last.add({ days: 1 }).toDate(zone).toISOString() } : {}),
  };
}

/** The civil day of an instant in a zone. */
export function dayIn(at: string, zone: string): string {
  return toCalendarDate(fromDate(new Date(at), zone)).toString();
}
