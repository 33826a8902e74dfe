import type { Graph, GraphEdge } from "@/shared/api/types";

/** Where journeys begin and end; no event can have these names. */
export const START = "\u0000start";
export const END = "\u0000end";

/** Names a connection. */
export function edgeId(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** What is drawn: a part of the graph with its beginning and end. */
export interface Drawing {
  names: string[];
  edges: GraphEdge[];
  /** Connections between steps, drawn and in all. */
  shown: number;
  all: number;
}

const FEWEST_EDGES = 8;
const MOST_EDGES = 120;
/** So many connections can be read at a glance: where the slider stands at first. */
const READABLE_EDGES = 24;
const BOUND_SHARE = 0.85;

function bound(from: string, to: string, count: number): GraphEdge {
  return { from, to, count, mean_s: 0, median_s: 0, p95_s: 0 };
}

/** How many of `all` connections a detail of 0 to 100 keeps: each step of the slider multiplies. */
export function keptEdges(all: number, detail: number): number {
  const most = Math.min(all, MOST_EDGES);
  if (most <= FEWEST_EDGES) return most;
  return Math.round(FEWEST_EDGES * (most / FEWEST_EDGES) ** (detail / 100));
}

/** The detail at which the graph is readable; 100 for a small one. */
export function readableDetail(all: number): number {
  const most = Math.min(all, MOST_EDGES);
  if (most <= READABLE_EDGES) return 100;
  return Math.round(
    (100 * Math.log(READABLE_EDGES / FEWEST_EDGES)) / Math.log(most / FEWEST_EDGES),
  );
}

/** The most frequent edges that together make up `share` of all transitions. */
function covering(edges: GraphEdge[], share: number): GraphEdge[] {
  const wanted = share * edges.reduce((sum, edge) => sum + edge.count, 0);
  const kept: GraphEdge[] = [];
  let sum = 0;
  for (const edge of edges) {
    if (sum >= wanted) break;
    kept.push(edge);
    sum += edge.count;
  }
  return kept;
}

/** Give each kept step its strongest way in and way out, so that no step hangs in the air. */
function connect(kept: Set<GraphEdge>, all: GraphEdge[]): void {
  const names = new Set([...kept].flatMap((edge) => [edge.from, edge.to]));
  const inside = all.filter(
    (edge) => names.has(edge.from) && names.has(edge.to) && edge.from !== edge.to,
  );
  for (const name of names) {
    const wayIn = inside.find((edge) => edge.to === name);
    const wayOut = inside.find((edge) => edge.from === name);
    if (wayIn) kept.add(wayIn);
    if (wayOut) kept.add(wayOut);
  }
}

/** Tie separate parts of the picture together by their strongest connections. */
function unite(kept: Set<GraphEdge>, all: GraphEdge[]): void {
  const names = [...new Set([...kept].flatMap((edge) => [edge.from, edge.to]))];
  const part = new Map(names.map((name) => [name, name]));
  const root = (name: string): string => {
    const above = part.get(name) ?? name;
    return above === name ? name : root(above);
  };
  for (const edge of kept) part.set(root(edge.from), root(edge.to));
  for (const edge of all) {
    if (!part.has(edge.from) || !part.has(edge.to)) continue;
    const [a, b] = [root(edge.from), root(edge.to)];
    if (a === b) continue;
    kept.add(edge);
    part.set(a, b);
  }
}

/** Leave out what is rare; a detail of 100 draws all that can be drawn. */
export function simplify(graph: Graph, detail: number): Drawing {
  const byCount = [...graph.edges].sort((a, b) => b.count - a.count);
  const kept = new Set(byCount.slice(0, keptEdges(byCount.length, detail)));
  connect(kept, byCount);
  unite(kept, byCount);
  const drawn = new Set([...kept].flatMap((edge) => [edge.from, edge.to]));
  if (drawn.size === 0) for (const node of graph.nodes) drawn.add(node.name);
  const of = (list: Graph["starts"]) => list.filter((one) => drawn.has(one.name));
  const ends = [
    ...of(graph.starts).map((one) => bound(START, one.name, one.count)),
    ...of(graph.ends).map((one) => bound(one.name, END, one.count)),
  ].sort((a, b) => b.count - a.count);
  const bounds = covering(ends, BOUND_SHARE);
  return {
    names: [...drawn],
    edges: [...kept, ...bounds],
    shown: kept.size,
    all: graph.edges.length,
  };
}
