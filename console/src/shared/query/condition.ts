import type { Condition } from "./types";

/** Read a condition from an address; null for none, or for what is no condition. */
export function readCondition(text: string): Condition | null {
  if (text === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    const isOne = typeof value === "object" && value !== null && "kind" in value;
    return isOne ? (value as Condition) : null;
  } catch {
    return null;
  }
}

/** How a condition stands in an address. */
export function writeCondition(condition: Condition | null): string | undefined {
  return condition === null ? undefined : JSON.stringify(condition);
}
