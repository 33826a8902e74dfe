/** The query part of an address as plain text: no JSON in it, repeated keys are lists. */
export type UrlSearch = Record<string, string | string[] | undefined>;

export function parseSearch(text: string): UrlSearch {
  const found: UrlSearch = {};
  const params = new URLSearchParams(text);
  for (const key of new Set(params.keys())) {
    const all = params.getAll(key);
    found[key] = all.length > 1 ? all : all[0];
  }
  return found;
}

export function writeSearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") params.append(key, String(one));
    }
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

export function one(search: UrlSearch, key: string): string {
  const value = search[key];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

export function many(search: UrlSearch, key: string): string[] {
  const value = search[key];
  return Array.isArray(value) ? value : value ? [value] : [];
}

/** One of the allowed words, else the first. */
export function choice<T extends string>(
  search: UrlSearch,
  key: string,
  allowed: readonly [T, ...T[]],
): T {
  const value = one(search, key);
  return allowed.find((word) => word === value) ?? allowed[0];
}
