import { instants } from "../format/range";
import { many, one, type UrlSearch } from "../url/search";
import { readCondition } from "./condition";
import type { Condition, Scope } from "./types";

/** Which events and whose, as an address keeps it. */
export interface ScopeUrl {
  /** Days in the workspace's zone. */
  from: string;
  to: string;
  channels: string[];
  sources: string[];
  include: string[];
  exclude: string[];
  technical: boolean;
  groups: string[];
  people: Condition | null;
  where: Condition | null;
}

const KEYS = [
  "from",
  "to",
  "channel",
  "source",
  "include",
  "exclude",
  "technical",
  "group",
  "people",
  "where",
] as const;

export function parseScope(search: UrlSearch): ScopeUrl {
  return {
    from: one(search, "from"),
    to: one(search, "to"),
    channels: many(search, "channel"),
    sources: many(search, "source").filter((id) => /^\d+$/.test(id)),
    include: many(search, "include"),
    exclude: many(search, "exclude"),
    technical: one(search, "technical") === "1",
    groups: many(search, "group"),
    people: readCondition(one(search, "people")),
    where: readCondition(one(search, "where")),
  };
}

/** What to write into the address so that nothing is left out. */
export const NO_SCOPE: UrlSearch = Object.fromEntries(KEYS.map((key) => [key, undefined]));

/** The part of an address that says whose journeys and when; it goes along from tab to tab. */
export function scopeOnly(search: UrlSearch): UrlSearch {
  return Object.fromEntries(KEYS.map((key) => [key, search[key]]));
}

export function isScoped(scope: ScopeUrl): boolean {
  const { technical, people, where, from, to, ...lists } = scope;
  const isListed = Object.values(lists).some((list) => list.length > 0);
  return isListed || technical || people !== null || where !== null || from + to !== "";
}

/** The scope as the body of a query has it. */
export function scopeBody(scope: ScopeUrl, zone: string): Scope {
  const { from = null, to = null } = instants({ from: scope.from, to: scope.to }, zone);
  return {
    from,
    to,
    include: scope.include,
    exclude: scope.exclude,
    channels: scope.channels,
    sources: scope.sources.map(Number),
    technical: scope.technical,
    groups: scope.groups,
    people: scope.people,
    where: scope.where,
  };
}

/** The scope as parameters of the routes that are read with GET; what is not set is left out. */
export function scopeParams(scope: ScopeUrl, zone: string) {
  return {
    ...instants({ from: scope.from, to: scope.to }, zone),
    ...(scope.channels.length === 0 ? {} : { channel: scope.channels }),
    ...(scope.sources.length === 0 ? {} : { source: scope.sources.map(Number) }),
    ...(scope.include.length === 0 ? {} : { include: scope.include }),
    ...(scope.exclude.length === 0 ? {} : { exclude: scope.exclude }),
    ...(scope.technical ? { technical: true } : {}),
    ...(scope.groups.length === 0 ? {} : { group: scope.groups }),
    ...(scope.people === null ? {} : { people: JSON.stringify(scope.people) }),
    ...(scope.where === null ? {} : { where: JSON.stringify(scope.where) }),
  };
}
