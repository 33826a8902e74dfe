import { describe, expect, test } from "vitest";
import { type Cell, cellOf, cellPatch, cellQuestion } from "@/features/journeys/cell";
import { mirrored, pathOf, slowness, thickness } from "@/features/journeys/geometry";
import { readingOrder } from "@/features/journeys/order";
import { END, keptEdges, readableDetail, START, simplify } from "@/features/journeys/simplify";
import { parseJourneys } from "@/features/journeys/url";
import { folded } from "@/features/journeys/variants";
import { firstViewport } from "@/features/journeys/viewport";
import type { Graph } from "@/shared/api/types";
import { scopeParams } from "@/shared/query/scope";

function edge(from: string, to: string, count: number) {
  return { from, to, count, mean_s: 1, median_s: 1, p95_s: 1 };
}

function graph(edges: ReturnType<typeof edge>[]): Graph {
  const names = [...new Set(edges.flatMap((one) => [one.from, one.to]))];
  return {
    people: 1,
    events: 1,
    edges,
    nodes: names.map((name) => ({ name, count: 1, people: 1 })),
    starts: names.slice(0, 1).map((name) => ({ name, count: 5 })),
    ends: names.slice(-1).map((name) => ({ name, count: 5 })),
    took_ms: 1,
    identity_version: 1,
  };
}

const many = graph(
  Array.from({ length: 200 }, (_, i) => edge(`n${i % 20}`, `n${(i * 7) % 20}`, 200 - i)),
);

describe("simplify", () => {
  test("keeps a small graph whole", () => {
    const small = graph([edge("a", "b", 3), edge("b", "c", 1)]);
    expect(readableDetail(2)).toBe(100);
    expect(simplify(small, 100).shown).toBe(2);
  });
  test("keeps the most frequent connections of a large one", () => {
    const drawing = simplify(many, 0);
    expect(drawing.shown).toBeLessThan(40);
    expect(drawing.edges.some((one) => one.count === 200)).toBe(true);
  });
  test("shows more with more detail, never more than can be drawn", () => {
    expect(keptEdges(5000, 0)).toBe(8);
    expect(keptEdges(5000, 100)).toBe(120);
    expect(keptEdges(5000, readableDetail(5000))).toBe(24);
  });
  test("gives every drawn step a way in and a way out if it has one", () => {
    const drawing = simplify(graph([edge("a", "b", 90), edge("b", "c", 80), edge("c", "a", 1)]), 0);
    expect(drawing.edges.some((one) => one.from === "c" && one.to === "a")).toBe(true);
  });
  test("draws where journeys start and end", () => {
    const drawing = simplify(graph([edge("a", "b", 3)]), 100);
    expect(drawing.edges.map((one) => [one.from, one.to])).toContainEqual([START, "a"]);
    expect(drawing.edges.map((one) => [one.from, one.to])).toContainEqual(["b", END]);
  });
});

describe("readingOrder", () => {
  test("follows the most frequent way from the start", () => {
    const drawing = simplify(
      graph([edge("home", "book", 9), edge("book", "home", 8), edge("book", "cart", 3)]),
      100,
    );
    expect(readingOrder(drawing)).toEqual(["home", "book", "cart"]);
  });
});

describe("geometry", () => {
  test("mirrors nodes, lines and labels about the middle", () => {
    const placed = {
      width: 100,
      height: 10,
      nodes: [{ id: "a", x: 0, y: 0, width: 30, height: 5 }],
      edges: [{ id: "e", points: [{ x: 10, y: 1 }], label: { x: 20, y: 2 } }],
    };
    const turned = mirrored(placed);
    expect(turned.nodes[0]?.x).toBe(70);
    expect(turned.edges[0]).toEqual({ id: "e", points: [{ x: 90, y: 1 }], label: { x: 80, y: 2 } });
    expect(mirrored(turned)).toEqual(placed);
  });
  test("draws curves from points in threes, else straight lines", () => {
    const points = [0, 1, 2, 3].map((x) => ({ x, y: 0 }));
    expect(pathOf(points)).toBe("M 0 0 C 1 0, 2 0, 3 0");
    expect(pathOf(points.slice(0, 3))).toBe("M 0 0 L 1 0 L 2 0");
    expect(pathOf([])).toBe("");
  });
  test("makes frequent lines thick and slow ones warm, within bounds", () => {
    expect(thickness(100, 100)).toBe(9);
    expect(thickness(0, 100)).toBe(1);
    expect(slowness(100, 100)).toBe(1);
    expect(slowness(0, 0)).toBe(0);
  });
});

describe("firstViewport", () => {
  const room = { width: 800, height: 400 };
  test("shows a small graph whole and centred", () => {
    const view = firstViewport({ width: 400, height: 200, start: { x: 10, y: 100 } }, room);
    expect(view.zoom).toBeLessThanOrEqual(1.1);
    expect(view.x).toBeCloseTo((800 - 400 * view.zoom) / 2);
  });
  test("begins a wide mirrored graph at its right end", () => {
    const view = firstViewport({ width: 4000, height: 200, start: { x: 3980, y: 100 } }, room);
    expect(view.x + 4000 * view.zoom).toBeCloseTo(784);
  });
});

describe("the address", () => {
  test("says what the server computes", () => {
    const url = parseJourneys({
      channel: "web",
      source: "3",
      include: "A",
      technical: "1",
      from: "2026-11-23",
    });
    expect(scopeParams(url.scope, "UTC")).toEqual({
      from: "2026-11-23T00:00:00.000Z",
      channel: ["web"],
      source: [3],
      include: ["A"],
      technical: true,
    });
  });
  test("ignores what it does not know", () => {
    const url = parseJourneys({ view: "pie", detail: "900" });
    expect([url.view, url.measure, url.detail]).toEqual(["graph", "count", null]);
  });
});

test("variants fold equal steps in a row", () => {
  expect(folded(["A", "A", "B", "A"]).map((step) => [step.name, step.times])).toEqual([
    ["A", 2],
    ["B", 1],
    ["A", 1],
  ]);
});

describe("the number that is open", () => {
  const cells: Cell[] = [
    { of: "everyone" },
    { of: "edge", from: "Page: Home", to: "Order" },
    { of: "node", name: "Order" },
    { of: "start", name: "Order" },
    { of: "end", name: "Order" },
    { of: "variant", key: "0f" },
  ];
  test("stands in the address, alone", () => {
    for (const before of cells)
      for (const cell of cells)
        expect(cellOf({ view: "table", ...cellPatch(before), ...cellPatch(cell) })).toEqual(cell);
    expect(cellOf({ ...cellPatch(cells[1] ?? null), ...cellPatch(null) })).toBeNull();
  });
  test("half a connection is none", () => {
    expect(cellOf({ ef: "Page: Home" })).toBeNull();
  });
  test("is asked for by names, or by the key of a variant", () => {
    expect(cells.map(cellQuestion)).toEqual([
      { of: "everyone" },
      { of: "edge", name: ["Page: Home", "Order"] },
      { of: "node", name: ["Order"] },
      { of: "start", name: ["Order"] },
      { of: "end", name: ["Order"] },
      { of: "variant", variant: "0f" },
    ]);
  });
});
