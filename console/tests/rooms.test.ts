import { describe, expect, test } from "vitest";
import { keyOf } from "@/app/shell/shortcuts";
import { safeTarget } from "@/features/auth/sign-in";
import { groupTimeline } from "@/features/customers/group";
import { countBefore, type LiveLine, prepend, prependSkipped } from "@/features/live/stream";
import { draftFix, mergePatch, readFix } from "@/features/quarantine/merge-patch";
import { CLIENTS, snippet } from "@/features/sources/snippets";
import { toProblem } from "@/shared/api/problem";
import type { TimelineEvent } from "@/shared/api/types";
import { humanise } from "@/shared/i18n/word";
import { many, parseSearch, writeSearch } from "@/shared/url/search";

describe("addresses", () => {
  test("keep text as text, also when it looks like a number", () => {
    expect(parseSearch("?q=09121234567")).toEqual({ q: "09121234567" });
  });
  test("round-trip lists and leave out what is empty", () => {
    const text = writeSearch({ include: ["a b", "c"], q: "", n: undefined });
    expect(text).toBe("?include=a+b&include=c");
    expect(many(parseSearch(text), "include")).toEqual(["a b", "c"]);
  });
  test("after sign-in never lead to another site", () => {
    expect(
      ["/people?q=1", "//evil.example", "https://evil.example", "/\\evil"].map(safeTarget),
    ).toEqual(["/people?q=1", "/", "/", "/"]);
  });
});

test("shortcuts go by the place of a key, so they work while the keyboard types Persian", () => {
  expect(keyOf({ code: "KeyG", key: "ل", shiftKey: false })).toBe("g");
  expect(keyOf({ code: "Slash", key: "/", shiftKey: false })).toBe("/");
  expect(keyOf({ code: "Slash", key: "؟", shiftKey: true })).toBe("?");
});

describe("the live feed", () => {
  const event = (seq: number) => ({
    seq,
    name: "",
    channel: "",
    person: "",
    person_label: "",
    received_at: "",
  });
  const told = (lines: LiveLine[]) =>
    lines.map((one) => (one.event ? one.event.seq : `-${one.skipped}`));

  test("is in the order of arrival, newest first, and holds nothing twice", () => {
    const feed = prepend(prepend([], [event(1), event(9)]), [event(9), event(3)]);
    expect(told(feed)).toEqual([3, 9, 1]);
  });
  test("says where events were skipped", () => {
    const before = prepend([], [event(1)]);
    const gap = prependSkipped(prependSkipped(before, 5, "gap-0"), 7, "gap-1");
    expect(told(prepend(gap, [event(2)]))).toEqual([2, "-12", 1]);
  });
  test("counts what waits behind a pause, skipped ones too", () => {
    const held = prepend([], [event(1), event(2)]);
    const now = prepend(prependSkipped(held, 40, "gap-0"), [event(3)]);
    expect(countBefore(now, held[0])).toBe(41);
    expect(countBefore(held, held[0])).toBe(0);
    expect(countBefore(held, undefined)).toBe(2);
  });
});

test("a timeline groups by days of the workspace's zone", () => {
  const event = (occurred_at: string) => ({ occurred_at, name: "A" }) as TimelineEvent;
  const events = [event("2026-11-22T21:00:00Z"), event("2026-11-22T20:00:00Z")];
  const groups = groupTimeline(events, "days", "Asia/Tehran", () => "");
  expect(groups.map((group) => group.key)).toEqual(["2026-11-23", "2026-11-22"]);
});

describe("a fix for quarantine", () => {
  test("is a JSON merge patch", () => {
    expect(mergePatch({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: 4 } })).toEqual({
      b: { c: 4, d: 3 },
    });
  });
  test("must be an object, or nothing", () => {
    expect(readFix(" ")).toEqual({});
    expect(readFix('{"userId": "u-1"}').fix).toEqual({ userId: "u-1" });
    expect(readFix("[1]").problem).toBeDefined();
    expect(readFix("{").problem).toBeDefined();
  });
  test("is drafted for what is missing", () => {
    expect(draftFix("no_name", "")).toContain('"event"');
    expect(draftFix("poison", "")).toBe("");
  });
});

test("every client's snippet names this server, and its key where it sends one", () => {
  const input = { origin: "https://c.example", key: "wk_1", source: "shop" };
  for (const client of CLIENTS.filter((one) => one !== "csv")) {
    expect(snippet(client, input)).toContain("https://c.example");
    expect(snippet(client, input)).toContain("wk_1");
  }
  expect(snippet("csv", input)).toContain("--source shop");
});

test("an answer that is no problem JSON is still a problem", () => {
  expect(toProblem(502, "<html>")).toMatchObject({ status: 502, code: "http_502", message: "" });
  expect(toProblem(400, { error: "bad_input", detail: "no", where: "q" }).where).toBe("q");
});

test("a code without words stays readable", () => {
  expect(humanise("person.first_seen")).toBe("Person first seen");
});
