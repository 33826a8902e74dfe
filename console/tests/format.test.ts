import { describe, expect, test } from "vitest";
import { makeFormat } from "@/shared/format/format";
import { instants, presetOf, presetRange } from "@/shared/format/range";

const zone = "Asia/Tehran";
const fa = makeFormat({ language: "fa", calendar: "persian", zone });
const en = makeFormat({ language: "en", calendar: "gregory", zone });
const AT = "2026-11-23T01:02:03.000Z";

describe("dates", () => {
  test("are Jalali with Persian digits in Persian, in the order people say them", () => {
    expect(fa.day(AT)).toBe("دوشنبه ۲ آذر ۱۴۰۵");
  });
  test("are Gregorian in English", () => {
    expect(en.day(AT)).toBe("Monday 23 November 2026");
  });
  test("can be Jalali in English and Gregorian in Persian", () => {
    const mixed = makeFormat({ language: "en", calendar: "persian", zone });
    expect(mixed.date(AT)).toBe("2 Azar 1405");
    expect(makeFormat({ language: "fa", calendar: "gregory", zone }).date(AT)).toBe(
      "۲۳ نوامبر ۲۰۲۶",
    );
  });
  test("stand in the workspace's zone", () => {
    expect(fa.time(AT)).toBe("۰۴:۳۲");
    expect(makeFormat({ language: "en", calendar: "gregory", zone: "UTC" }).time(AT)).toBe("01:02");
  });
});

describe("numbers and spans", () => {
  test("take the digits of the language", () => {
    expect(fa.number(1234)).toBe("۱٬۲۳۴");
    expect(en.number(1234)).toBe("1,234");
  });
  test("choose a unit that reads well", () => {
    expect(en.span(0.25)).toBe("250 ms");
    expect(en.span(5400)).toBe("1.5 hrs");
    expect(fa.span(172_800)).toBe("۲ روز");
  });
  test("of bytes", () => {
    expect(en.bytes(83_000_000_000)).toBe("83 GB");
  });
});

describe("ranges of days", () => {
  const now = Date.parse(AT);
  test("a preset ends today in the workspace's zone", () => {
    expect(presetRange("week", now, zone)).toEqual({ from: "2026-11-17", to: "2026-11-23" });
    expect(presetOf({ from: "2026-11-17", to: "2026-11-23" }, now, zone)).toBe("week");
  });
  test("become instants that cover the last day whole", () => {
    expect(instants({ from: "2026-11-23", to: "2026-11-23" }, zone)).toEqual({
      from: "2026-11-22T20:30:00.000Z",
      to: "2026-11-23T20:30:00.000Z",
    });
  });
  test("that are nonsense are no filter", () => {
    expect(instants({ from: "yesterday", to: "" }, zone)).toEqual({});
  });
});
