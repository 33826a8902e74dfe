import { compareBody, parseCompare } from "@/shared/query/compare";
import { parseScope, scopeBody } from "@/shared/query/scope";
import { readSpan } from "@/shared/query/span";
import { isStep, readStep, type StepDraft, stepBody } from "@/shared/query/step";
import type { Condition, PathsQuery, Step } from "@/shared/query/types";
import { choice, many, one, type UrlSearch } from "@/shared/url/search";
import { DIRECTIONS } from "./types";

const DEPTH = 5;
const LIMIT = 40;
const WEEK_S = 7 * 86_400;

function within(text: string, least: number, most: number, usual: number): number {
  const value = Number(text);
  return text !== "" && value >= least && value <= most ? Math.round(value) : usual;
}

/** Everything that the page of paths keeps in its address. */
export function parsePaths(search: UrlSearch) {
  return {
    scope: parseScope(search),
    compare: parseCompare(search),
    direction: choice(search, "dir", DIRECTIONS),
    start: readStep(one(search, "start")),
    end: readStep(one(search, "end")),
    /** Of a drop-off: the funnel's steps and the last one that was reached. */
    steps: many(search, "step").map(readStep),
    at: within(one(search, "at"), 0, 60, 0),
    windowS: readSpan(one(search, "window"), WEEK_S),
    depth: within(one(search, "depth"), 2, 12, DEPTH),
    limit: within(one(search, "links"), 5, 200, LIMIT),
    /** 0: a pause never ends a path. */
    gapS: readSpan(one(search, "gap"), 0),
    collapse: one(search, "each") !== "1",
    cell: one(search, "cell") || null,
  };
}

export type PathsUrl = ReturnType<typeof parsePaths>;

interface BodyInput {
  url: PathsUrl;
  start: StepDraft;
  end: StepDraft;
  steps: readonly StepDraft[];
  zone: string;
  words: (condition: Condition) => string;
}

/** The question to the server; null while it is not said where paths begin. */
export function pathsQuery(input: BodyInput): PathsQuery | null {
  const { url, start, end, zone, words } = input;
  const { direction } = url;
  const isDrop = direction === "after_dropoff";
  const steps = input.steps.filter(isStep);
  const happening = (draft: StepDraft): Step => {
    const { name, condition } = stepBody({ ...draft, optional: false }, words);
    return condition ? { condition } : { name };
  };
  if (isDrop ? steps.length < 2 : !isStep(start)) return null;
  if (direction === "between" && !isStep(end)) return null;
  return {
    kind: "paths",
    scope: scopeBody(url.scope, zone),
    compare: compareBody(url.compare, { zone, words }),
    direction,
    start: isDrop ? null : happening(start),
    end: direction === "between" ? happening(end) : null,
    funnel: isDrop
      ? {
          kind: "funnel",
          steps: steps.map((step) => stepBody({ ...step, optional: false }, words)),
          window_s: url.windowS,
        }
      : null,
    step: isDrop ? Math.min(url.at, steps.length - 2) : 0,
    depth: url.depth,
    limit: url.limit,
    gap_s: url.gapS > 0 ? url.gapS : null,
    collapse: url.collapse,
  };
}
