import { one, type UrlSearch } from "@/shared/url/search";

/** A number on the page of journeys that opens to its people. */
export type Cell =
  | { of: "everyone" }
  | { of: "edge"; from: string; to: string }
  | { of: "node" | "start" | "end"; name: string }
  | { of: "variant"; key: string };

const EVERYONE = "everyone";
const BOUNDS = { start: "start", end: "end" } as const;

/** The number that is open, as the address has it: a connection, a step (or its bound), a path. */
export function cellOf(search: UrlSearch): Cell | null {
  const [from, to, step, key] = ["ef", "et", "step", "path"].map((name) => one(search, name));
  if (from && to) return { of: "edge", from, to };
  const bound = one(search, "at");
  if (step) {
    const of = bound === BOUNDS.start || bound === BOUNDS.end ? bound : "node";
    return { of, name: step };
  }
  if (key) return { of: "variant", key };
  return one(search, "who") === EVERYONE ? { of: EVERYONE } : null;
}

const CLOSED = {
  ef: undefined,
  et: undefined,
  step: undefined,
  at: undefined,
  path: undefined,
  who: undefined,
};

/** What to write into the address to open a number; null closes. */
export function cellPatch(cell: Cell | null): UrlSearch {
  switch (cell?.of) {
    case "edge":
      return { ...CLOSED, ef: cell.from, et: cell.to };
    case EVERYONE:
      return { ...CLOSED, who: EVERYONE };
    case "variant":
      return { ...CLOSED, path: cell.key };
    case "node":
      return { ...CLOSED, step: cell.name };
    case "start":
    case "end":
      return { ...CLOSED, step: cell.name, at: cell.of };
    default:
      return CLOSED;
  }
}

/** The question to the server. */
export function cellQuestion(cell: Cell): { of: Cell["of"]; name?: string[]; variant?: string } {
  if (cell.of === EVERYONE) return { of: cell.of };
  if (cell.of === "edge") return { of: cell.of, name: [cell.from, cell.to] };
  if (cell.of === "variant") return { of: cell.of, variant: cell.key };
  return { of: cell.of, name: [cell.name] };
}

/** Two cells are the same number when this is the same. */
export const cellKey = (cell: Cell) => JSON.stringify(cellQuestion(cell));
