import { instants } from "@/shared/format/range";
import { choice, many, one, type UrlSearch } from "@/shared/url/search";
import { DIMENSIONS, VIEWS } from "./types";

/** Everything that the page of maps keeps in its address. */
export function parseMaps(search: UrlSearch) {
  return {
    map: one(search, "map") || null,
    view: choice(search, "view", VIEWS),
    from: one(search, "from"),
    to: one(search, "to"),
    channels: many(search, "channel"),
    /** Whose people are looked at: the cell of a figure. */
    cell: one(search, "cell") || null,
    by: choice(search, "by", DIMENSIONS),
  };
}

export type MapsUrl = ReturnType<typeof parseMaps>;

/** Which events the server is asked about. */
export function mapsParams({ from, to, channels }: MapsUrl, zone: string) {
  return {
    ...instants({ from, to }, zone),
    ...(channels.length === 0 ? {} : { channel: channels }),
  };
}

export type MapsParams = ReturnType<typeof mapsParams>;
