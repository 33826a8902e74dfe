import { parseCompare } from "@/shared/query/compare";
import { parseScope, type scopeParams } from "@/shared/query/scope";
import { choice, one, type UrlSearch } from "@/shared/url/search";
import { cellOf } from "./cell";

export const VIEWS = ["graph", "table", "variants"] as const;
export const MEASURES = ["count", "median", "p95"] as const;
export type Measure = (typeof MEASURES)[number];

/** Null: as much as is readable, which depends on the graph. */
function detailOf(text: string): number | null {
  const value = Number(text);
  return text !== "" && value >= 0 && value <= 100 ? value : null;
}

/** Everything that the page of journeys keeps in its address. */
export function parseJourneys(search: UrlSearch) {
  return {
    view: choice(search, "view", VIEWS),
    measure: choice(search, "measure", MEASURES),
    detail: detailOf(one(search, "detail")),
    scope: parseScope(search),
    compare: parseCompare(search),
    /** The number whose people are shown. */
    cell: cellOf(search),
  };
}

export type JourneysUrl = ReturnType<typeof parseJourneys>;

/** The scope as the server asks for it. */
export type ServerFilter = ReturnType<typeof scopeParams>;
