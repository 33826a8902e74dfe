import { describe, expect, test } from "vitest";
import { csvOf } from "@/shared/charts/save";
import { compareBody, comparePatch, parseCompare, periodBefore } from "@/shared/query/compare";
import { branchOf, conditionOf, eventCondition, eventParts } from "@/shared/query/draft";
import { parseScope, scopeBody, scopeOnly } from "@/shared/query/scope";
import { readStep, stepBody, stepDraft, writeStep } from "@/shared/query/step";
import { moved } from "@/shared/query/step-list";
import type { Condition } from "@/shared/query/types";
import { parseSearch, writeSearch } from "@/shared/url/search";

const CITY: Condition = { kind: "trait", name: "city", op: "equals", value: "شیراز" };
const TOTAL: Condition = { kind: "property", path: "total", op: "between", value: [1, 5] };
const BOUGHT: Condition = {
  kind: "did",
  event: { kind: "all", of: [{ kind: "event", names: ["Order"] }, TOTAL] },
  count: { op: "at_least", value: 2 },
};
const ALL_KINDS: Condition[] = [
  CITY,
  TOTAL,
  BOUGHT,
  { kind: "did", names: ["Order"], count: { op: "equals", value: 0 } },
  { kind: "context", path: "page.path", op: "starts_with", value: "/cart" },
  { kind: "trait", name: "email", op: "missing" },
  { kind: "trait", name: "city", op: "in", value: ["a", "b"] },
  { kind: "channel", names: ["web"] },
  { kind: "source", ids: [1, 2] },
  { kind: "event", names: ["A", "B"] },
  { kind: "time", from: "2026-01-01T00:00:00.000Z", to: null },
  { kind: "not", of: CITY },
  { kind: "not", of: { kind: "any", of: [CITY, BOUGHT] } },
  { kind: "any", of: [CITY, { kind: "all", of: [BOUGHT, CITY] }] },
];

describe("a condition", () => {
  test.each(ALL_KINDS.map((one) => [JSON.stringify(one), one] as const))(
    "is the same after it was edited: %s",
    (_, condition) => {
      expect(conditionOf(branchOf(condition))).toEqual(condition);
    },
  );
  test("is nothing until a row is complete", () => {
    expect(conditionOf(branchOf(null))).toBeNull();
  });
  test("names its events apart from what else must hold of them", () => {
    const condition = eventCondition(["Order"], TOTAL) as Condition;
    expect(eventParts(condition)).toEqual({ names: ["Order"], where: TOTAL });
    expect(eventCondition([], TOTAL)).toEqual(TOTAL);
  });
});

describe("a step", () => {
  const words = () => "in words";
  test("is its event's name wherever that says everything", () => {
    expect(writeStep(stepDraft("Order"))).toBe("Order");
    expect(readStep("Order")).toEqual(stepDraft("Order"));
  });
  test("keeps its condition and option in an address", () => {
    const step = { name: "Order", where: TOTAL, optional: true };
    expect(readStep(writeStep(step))).toEqual(step);
    expect(readStep(writeStep(stepDraft("{odd")))).toEqual(stepDraft("{odd"));
    expect(stepBody(step, words)).toEqual({
      label: "Order",
      condition: { kind: "all", of: [{ kind: "event", names: ["Order"] }, TOTAL] },
      optional: true,
    });
  });
  test("moves within its list and not out of it", () => {
    expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b"], 0, 2)).toEqual(["a", "b"]);
  });
});

describe("an address", () => {
  test("keeps whose journeys are asked for, and gives it to the server", () => {
    const text = writeSearch({
      from: "2026-11-01",
      to: "2026-11-07",
      people: JSON.stringify(CITY),
    });
    const scope = parseScope(parseSearch(text));
    expect(scopeBody(scope, "UTC")).toMatchObject({
      from: "2026-11-01T00:00:00.000Z",
      to: "2026-11-08T00:00:00.000Z",
      people: CITY,
    });
    expect(parseScope(parseSearch("?people=%7Bbroken"))).toMatchObject({ people: null });
  });
  test("takes the scope along to another tab, and nothing else", () => {
    const kept = scopeOnly({ from: "2026-11-01", step: ["a", "b"] });
    expect(writeSearch(kept)).toBe("?from=2026-11-01");
  });
  test("keeps a comparison", () => {
    const groups = { by: "groups" as const, a: { group: "g1" }, b: { people: CITY } };
    expect(parseCompare(parseSearch(writeSearch(comparePatch(groups))))).toEqual(groups);
    expect(compareBody(groups, { zone: "UTC", words: () => "\u2068city\u2069 is x" })).toEqual({
      by: "groups",
      groups: [{ id: "g1" }, { name: "city is x", people: CITY }],
    });
    expect(compareBody({ ...groups, b: null }, { zone: "UTC", words: () => "" })).toBeNull();
  });
  test("the period before is as long and ends the day before", () => {
    expect(periodBefore({ from: "2026-11-08", to: "2026-11-14" })).toEqual({
      from: "2026-11-01",
      to: "2026-11-07",
    });
  });
});

test("a table as CSV can be read back and runs no formula", () => {
  expect(
    csvOf([
      ["a", 'say "x"'],
      ["=1+1", -3],
      [null, "b,c"],
    ]),
  ).toBe('a,"say ""x"""\r\n\'=1+1,-3\r\n,"b,c"\r\n');
});
