import { dayOf, instants } from "../format/range";
import { one, type UrlSearch } from "../url/search";
import { readCondition } from "./condition";
import type { Compare, CompareGroup, Condition } from "./types";

/** One side of a comparison: a saved group, or a condition. */
export type Side = { group: string } | { people: Condition };

/** What is compared, as an address keeps it. */
export type CompareUrl =
  | { by: "nothing" }
  | { by: "period"; from: string; to: string }
  | { by: "groups"; a: Side | null; b: Side | null };

function readSide(text: string): Side | null {
  if (text === "") return null;
  const people = readCondition(text);
  return people === null ? { group: text } : { people };
}

function writeSide(side: Side | null): string | undefined {
  if (side === null) return undefined;
  return "group" in side ? side.group : JSON.stringify(side.people);
}

export function parseCompare(search: UrlSearch): CompareUrl {
  const by = one(search, "vs");
  if (by === "groups")
    return { by, a: readSide(one(search, "va")), b: readSide(one(search, "vb")) };
  if (by === "period") return { by, from: one(search, "vfrom"), to: one(search, "vto") };
  return { by: "nothing" };
}

const NO_COMPARE: UrlSearch = {
  vs: undefined,
  va: undefined,
  vb: undefined,
  vfrom: undefined,
  vto: undefined,
};

export function comparePatch(compare: CompareUrl): UrlSearch {
  if (compare.by === "groups")
    return { ...NO_COMPARE, vs: "groups", va: writeSide(compare.a), vb: writeSide(compare.b) };
  if (compare.by === "period")
    return { ...NO_COMPARE, vs: "period", vfrom: compare.from, vto: compare.to };
  return NO_COMPARE;
}

/** The days of equal number just before a range; nothing when the range is open. */
export function periodBefore(range: { from: string; to: string }): { from: string; to: string } {
  const first = dayOf(range.from);
  const last = dayOf(range.to);
  if (first === null || last === null) return { from: "", to: "" };
  const days = last.compare(first) + 1;
  return {
    from: first.subtract({ days }).toString(),
    to: first.subtract({ days: 1 }).toString(),
  };
}

interface Naming {
  zone: string;
  words: (condition: Condition) => string;
}

/** The comparison as the body of a query has it; null while it is not complete. */
export function compareBody(compare: CompareUrl, { zone, words }: Naming): Compare | null {
  if (compare.by === "period") {
    const { from, to } = instants(compare, zone);
    return from && to ? { by: "period", from, to } : null;
  }
  if (compare.by !== "groups" || compare.a === null || compare.b === null) return null;
  const side = (one: Side): CompareGroup =>
    "group" in one
      ? { id: one.group }
      : { name: words(one.people).replace(/[\u2066-\u2069]/g, ""), people: one.people };
  return { by: "groups", groups: [side(compare.a), side(compare.b)] };
}
