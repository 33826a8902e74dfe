import { describe, expect, test } from "vitest";
import { changesOf, isShorter, problemsOf, rulesOf, undoOf } from "@/features/sources/rules";
import type { Source } from "@/shared/api/types";
import { isNetwork } from "@/shared/format/network";
import { latinDigits, pieces, wholeNumber } from "@/shared/format/typed";

const source: Source = {
  id: 1,
  slug: "shop",
  name: "Shop",
  channel: "web",
  zone: "Asia/Tehran",
  retention_days: 0,
  bots: "reject",
  internal_networks: ["10.0.0.0/8"],
  silent_after_s: 7200,
  created_at: "",
  archived_at: null,
  first_event_at: null,
  last_event_at: null,
  stored: 0,
  quarantined: 0,
};
const rules = rulesOf(source);

describe("rules of a source", () => {
  test("that nobody touched change nothing", () => {
    expect(changesOf(source, rules)).toEqual({});
    expect(problemsOf(rules)).toEqual({});
  });
  test("send only what differs, and know the way back", () => {
    const change = changesOf(source, { ...rules, keep: "۳۶۵", silent: "" });
    expect(change).toEqual({ retention_days: 365, silent_after_s: 0 });
    expect(undoOf(source, change)).toEqual({ retention_days: 0, silent_after_s: 7200 });
    expect(undoOf(source, { archived: true })).toEqual({ archived: false });
  });
  test("keep a time of silence that no unit says exactly", () => {
    const odd = { ...source, silent_after_s: 90 };
    expect(changesOf(odd, rulesOf(odd))).toEqual({});
  });
  test("name every field that cannot be", () => {
    const wrong = {
      ...rules,
      name: " ",
      channel: "Web Site",
      keep: "1.5",
      networks: "10.0.0.0/8\nhome",
      silent: "400",
      unit: "days" as const,
    };
    expect(problemsOf(wrong)).toEqual({
      name: "",
      channel: "Web Site",
      retention_days: "1.5",
      internal_networks: "home",
      silent_after_s: "400",
    });
  });
  test("warn when events that are kept now would go", () => {
    expect(isShorter(source, { retention_days: 30 })).toBe(true);
    expect(isShorter({ ...source, retention_days: 30 }, { retention_days: 60 })).toBe(false);
    expect(isShorter({ ...source, retention_days: 30 }, { retention_days: 0 })).toBe(false);
  });
});

test("address blocks", () => {
  const right = ["10.0.0.1", "192.168.0.0/16", "2001:db8::/32", "::1"];
  const wrong = [
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.0/33",
    "::/129",
    "a.b.c.d",
    "1/2/3",
    "fe80::g",
  ];
  expect(right.filter(isNetwork)).toEqual(right);
  expect(wrong.filter(isNetwork)).toEqual([]);
});

test("what is typed on a Persian keyboard is understood", () => {
  expect(latinDigits("۱۹۲.۱۶۸.٠.٠/۱۶")).toBe("192.168.0.0/16");
  expect(pieces("۱۰.۰.۰.۰/۸، ::1")).toEqual(["10.0.0.0/8", "::1"]);
  expect(["۳۶٬۵۰۰", "1,000", "", "-1", "ten"].map(wholeNumber)).toEqual([
    36500,
    1000,
    null,
    null,
    null,
  ]);
});
