import { compareBody, parseCompare } from "@/shared/query/compare";
import { parseScope, scopeBody } from "@/shared/query/scope";
import { readSpan } from "@/shared/query/span";
import { isStep, readStep, type StepDraft, stepBody } from "@/shared/query/step";
import type { Condition, Happening } from "@/shared/query/types";
import { choice, one, type UrlSearch } from "@/shared/url/search";
import { COHORTS, COUNTINGS, MODES, type RetentionQuery, UNITS, VIEWS } from "./types";

const HALF_HOUR_S = 1800;
const PERIODS = { cohorts: 12, lifecycle: 12, stickiness: 12, sessions: 12 };

/** Everything that the page of retention keeps in its address. */
export function parseRetention(search: UrlSearch) {
  const view = choice(search, "view", VIEWS);
  const periods = Number(one(search, "periods"));
  return {
    scope: parseScope(search),
    compare: parseCompare(search),
    view,
    /** Without a name: any event. */
    first: readStep(one(search, "first")),
    again: readStep(one(search, "again")),
    unit: choice(search, "unit", UNITS),
    periods: periods >= 1 && periods <= 60 ? Math.round(periods) : PERIODS[view],
    mode: choice(search, "mode", MODES),
    cohort: choice(search, "who", COHORTS),
    counting: choice(search, "count", COUNTINGS),
    gapS: readSpan(one(search, "gap"), HALF_HOUR_S),
    cell: one(search, "cell") || null,
  };
}

export type RetentionUrl = ReturnType<typeof parseRetention>;

interface Asking {
  zone: string;
  words: (condition: Condition) => string;
}

const ANYTHING: Condition = { kind: "all", of: [] };

function happening(draft: StepDraft, words: Asking["words"]): Happening {
  if (!isStep(draft)) return { condition: ANYTHING };
  const { name, condition } = stepBody({ ...draft, optional: false }, words);
  return condition ? { condition } : { name };
}

/** The question to the server, of the kind that the view shows. */
export function viewQuery(url: RetentionUrl, { zone, words }: Asking): RetentionQuery {
  const scope = scopeBody(url.scope, zone);
  const compare = compareBody(url.compare, { zone, words });
  const { unit, periods } = url;
  const of = isStep(url.first) ? happening(url.first, words) : null;
  switch (url.view) {
    case "cohorts":
      return {
        kind: "retention",
        scope,
        compare,
        first: happening(url.first, words),
        again: happening(url.again, words),
        unit,
        periods,
        mode: url.mode,
        cohort: url.cohort,
        counting: url.counting,
      };
    case "sessions":
      return { kind: "sessions", scope, compare, gap_s: url.gapS };
    default:
      return { kind: url.view, scope, compare, unit, periods, of };
  }
}
