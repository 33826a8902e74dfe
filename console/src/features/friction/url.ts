import { instants } from "@/shared/format/range";
import { choice, many, one, type UrlSearch } from "@/shared/url/search";
import { VIEWS, WITHIN_DAYS } from "./types";

/** Everything that the page of friction keeps in its address. */
export function parseFriction(search: UrlSearch) {
  return {
    from: one(search, "from"),
    to: one(search, "to"),
    channels: many(search, "channel"),
    view: choice(search, "view", VIEWS),
    /** Whose people are looked at: the key of a problem. */
    problem: one(search, "problem") || null,
    withinDays: choice(search, "within", WITHIN_DAYS),
  };
}

export type FrictionUrl = ReturnType<typeof parseFriction>;

/** Which findings the server is asked about. */
export function frictionParams({ from, to, channels }: FrictionUrl, zone: string) {
  return {
    ...instants({ from, to }, zone),
    ...(channels.length === 0 ? {} : { channel: channels }),
  };
}

export type FrictionParams = ReturnType<typeof frictionParams>;
