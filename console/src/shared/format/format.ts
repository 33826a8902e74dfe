/** Numbers, dates and spans of time as people of a language write them. Pure; times are ISO or ms. */
import type { Language } from "../i18n";

export type Calendar = "persian" | "gregory";
type Instant = string | number;

interface Habits {
  language: Language;
  calendar: Calendar;
  zone: string;
}

export interface Format {
  number: (n: number) => string;
  compact: (n: number) => string;
  percent: (share: number) => string;
  /** A difference of shares, in points of a hundred. */
  points: (difference: number) => string;
  bytes: (n: number) => string;
  date: (at: Instant) => string;
  day: (at: Instant) => string;
  time: (at: Instant) => string;
  clock: (at: Instant) => string;
  moment: (at: Instant) => string;
  month: (at: Instant) => string;
  /** Of the Jalali calendar, whichever calendar is looked at. */
  jalaliMonth: (at: Instant) => string;
  /** Day and month only, for narrow places. */
  shortDay: (at: Instant) => string;
  ago: (at: Instant, now: number) => string;
  span: (seconds: number) => string;
  list: (items: readonly string[]) => string;
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** BCP 47 tag with the calendar in it, e.g. `fa-IR-u-ca-persian`. */
export function localeTag(language: Language, calendar: Calendar): string {
  return `${language === "fa" ? "fa-IR" : "en-GB"}-u-ca-${calendar}`;
}

function unitOf(seconds: number): [Intl.RelativeTimeFormatUnit, number] {
  const size = Math.abs(seconds);
  return UNITS.find(([, length]) => size >= length) ?? ["second", 1];
}

function spanIn(tag: string): (seconds: number) => string {
  const unit = (name: string, digits: number) =>
    new Intl.NumberFormat(tag, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    });
  return (seconds) => {
    if (seconds < 1) return unit("millisecond", 0).format(Math.round(seconds * 1000));
    const [name, length] = unitOf(seconds);
    const value = seconds / length;
    return unit(name, value < 10 && name !== "second" ? 1 : 0).format(value);
  };
}

function bytesIn(tag: string, language: Language): (n: number) => string {
  const steps = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  return (n) => {
    const step = Math.min(steps.length - 1, n < 1 ? 0 : Math.floor(Math.log10(n) / 3));
    return new Intl.NumberFormat(tag, {
      style: "unit",
      unit: steps[step],
      unitDisplay: language === "fa" ? "long" : "short",
      maximumFractionDigits: 1,
    }).format(n / 1000 ** step);
  };
}

function agoIn(tag: string): (at: Instant, now: number) => string {
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  return (at, now) => {
    const away = (new Date(at).getTime() - now) / 1000;
    // The clock here and the server's differ a little: nothing that happened is "in 2 seconds".
    const seconds = away > 0 && away < 60 ? 0 : away;
    const [unit, length] = unitOf(seconds);
    return relative.format(Math.trunc(seconds / length), unit);
  };
}

type Part = "weekday" | "day" | "month" | "year";

/** A date as people say it, e.g. "دوشنبه ۲ آذر ۱۴۰۵": Intl's own Persian order is year first. */
function dateIn(
  tag: string,
  timeZone: string,
  wanted: readonly Part[],
  monthStyle: "long" | "short",
) {
  const format = new Intl.DateTimeFormat(tag, {
    timeZone,
    weekday: "long",
    day: "numeric",
    month: monthStyle,
    year: "numeric",
  });
  return (at: Instant) => {
    const parts = new Map(
      format.formatToParts(new Date(at)).map((part) => [part.type, part.value]),
    );
    return wanted.map((part) => parts.get(part) ?? "").join(" ");
  };
}

function clockIn(tag: string, timeZone: string, withSeconds: boolean) {
  const format = new Intl.DateTimeFormat(tag, {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    ...(withSeconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
  });
  return (at: Instant) => format.format(new Date(at));
}

/** Everything a page needs to write numbers and times. */
export function makeFormat({ language, calendar, zone }: Habits): Format {
  const tag = localeTag(language, calendar);
  const plain = new Intl.NumberFormat(tag);
  const compact = new Intl.NumberFormat(tag, { notation: "compact", maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 1 });
  const points = new Intl.NumberFormat(tag, { maximumFractionDigits: 1, signDisplay: "negative" });
  const list = new Intl.ListFormat(tag, { type: "conjunction" });
  const date = dateIn(tag, zone, ["day", "month", "year"], "long");
  const shortDate = dateIn(tag, zone, ["day", "month", "year"], "short");
  const time = clockIn(tag, zone, false);
  return {
    number: (n) => plain.format(n),
    compact: (n) => compact.format(n),
    percent: (share) => percent.format(share),
    points: (difference) => points.format(100 * difference),
    bytes: bytesIn(tag, language),
    date,
    day: dateIn(tag, zone, ["weekday", "day", "month", "year"], "long"),
    time,
    clock: clockIn(tag, zone, true),
    moment: (at) => `${shortDate(at)}${language === "fa" ? "،" : ","} ${time(at)}`,
    month: dateIn(tag, zone, ["month", "year"], "long"),
    jalaliMonth: dateIn(localeTag(language, "persian"), zone, ["month", "year"], "long"),
    shortDay: dateIn(tag, zone, ["day", "month"], "short"),
    ago: agoIn(tag),
    span: spanIn(tag),
    list: (items) => list.format(items),
  };
}
