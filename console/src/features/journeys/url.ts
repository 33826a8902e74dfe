import { instants } from "@/shared/format/range";
import { choice, many, one, type UrlSearch } from "@/shared/url/search";
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
    from: one(search, "from"),
    to: one(search, "to"),
    channel: one(search, "channel"),
    source: one(search, "source"),
    include: many(search, "include"),
    exclude: many(search, "exclude"),
    technical: one(search, "technical") === "1",
    /** The number whose people are shown. */
    cell: cellOf(search),
  };
}

export type JourneysUrl = ReturnType<typeof parseJourneys>;

/** The part of the address that changes what is computed, as the server asks for it. */
export function serverFilter(url: JourneysUrl, zone: string) {
  return {
    ...instants({ from: url.from, to: url.to }, zone),
    ...(url.channel === "" ? {} : { channel: [url.channel] }),
    ...(url.source === "" ? {} : { source: [Number(url.source)] }),
    ...(url.include.length === 0 ? {} : { include: url.include }),
    ...(url.exclude.length === 0 ? {} : { exclude: url.exclude }),
    ...(url.technical ? { technical: true } : {}),
  };
}

export type ServerFilter = ReturnType<typeof serverFilter>;

export function isFiltered(filter: ServerFilter): boolean {
  return Object.keys(filter).length > 0;
}
