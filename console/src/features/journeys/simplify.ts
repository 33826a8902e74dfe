import type { Graph, GraphEdge } from "@/shared/api/types";

/** Where journeys begin and end; no event can have these names. */
export const START = "\u0000start";
export const END = "\u0000end";

/** What is drawn: a part of the graph with its beginning and end. */
export interface Drawing {
  names: string[];
  edges: GraphEdge[];
  /** Connections between steps, drawn and in all. */
  shown: number;
  all: number;
}

const MOST_EDGES = 90;

function bound(from: string, to: string, count: number): GraphEdge {
  return { from, to, count, mean_s: 0, median_s: 0, p95_s: 0 };
}

/** The most frequent edges that together make up `share` of all transitions, at most `most`. */
function covering(edges: GraphEdge[], share: number, most: number): GraphEdge[] {
  const wanted = share * edges.reduce((sum, edge) => sum + edge.count, 0);
  const kept: GraphEdge[] = [];
  let sum = 0;
  for (const edge of edges) {
    if (kept.length > 0 && (sum >= wanted || kept.length >= most)) break;
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

/** Leave out what is rare: `detail` in percent of all transitions, 100 draws what can be drawn. */
export function simplify(graph: Graph, detail: number): Drawing {
  const byCount = [...graph.edges].sort((a, b) => b.count - a.count);
  const kept = new Set(covering(byCount, detail / 100, MOST_EDGES));
  connect(kept, byCount);
  const drawn = new Set([...kept].flatMap((edge) => [edge.from, edge.to]));
  if (drawn.size === 0) for (const node of graph.nodes) drawn.add(node.name);
  const of = (list: Graph["starts"]) => list.filter((one) => drawn.has(one.name));
  const ends = [
    ...of(graph.starts).map((one) => bound(START, one.name, one.count)),
    ...of(graph.ends).map((one) => bound(one.name, END, one.count)),
  ].sort((a, b) => b.count - a.count);
  const bounds = covering(ends, Math.max(detail / 100, 0.5), MOST_EDGES / 3);
  return {
    names: [...drawn],
    edges: [...kept, ...bounds],
    shown: kept.size,
    all: graph.edges.length,
  };
}
