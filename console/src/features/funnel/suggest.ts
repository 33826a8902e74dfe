import type { Graph } from "@/shared/api/types";

const MOST_STEPS = 5;
/** What a journey is usually for; the first kind that occurs is taken as the aim. */
const AIMS = [
  /order[ _]?(completed|placed|paid)|purchas|خرید|سفارش/i,
  /payment[ _]?(done|completed|succeeded)|paid|پرداخت/i,
  /sign(ed)?[ _]?up|regist|subscri|ثبت/i,
  /book(ing|ed)|appointment|رزرو/i,
];
const START = "\u0000start";

/** The event that people most likely come for. */
export function likelyGoal(graph: Graph): string {
  const byPeople = [...graph.nodes].sort((a, b) => b.people - a.people);
  for (const aim of AIMS) {
    const found = byPeople.find((node) => aim.test(node.name));
    if (found) return found.name;
  }
  const last = [...graph.ends].sort((a, b) => b.count - a.count)[0];
  return last?.name ?? "";
}

interface Way {
  cost: number;
  names: string[];
}

function cheapest(open: ReadonlyMap<string, Way>): [string, Way] | null {
  let best: [string, Way] | null = null;
  for (const one of open) if (best === null || one[1].cost < best[1].cost) best = one;
  return best;
}

/** The most travelled way to a goal (Dijkstra): each transition costs more the rarer it is. */
export function wayTo(graph: Graph, goal: string): string[] {
  const edges = [
    ...graph.starts.map((one) => ({ from: START, to: one.name, count: one.count })),
    ...graph.edges.filter((edge) => edge.from !== edge.to),
  ];
  const most = Math.max(1, ...edges.map((edge) => edge.count));
  const open = new Map<string, Way>([[START, { cost: 0, names: [] }]]);
  const done = new Set<string>();
  for (let next = cheapest(open); next !== null; next = cheapest(open)) {
    const [at, way] = next;
    if (at === goal) return way.names;
    open.delete(at);
    done.add(at);
    for (const edge of edges.filter((one) => one.from === at && !done.has(one.to))) {
      const cost = way.cost + 1 + Math.log(most / Math.max(1, edge.count));
      if (cost < (open.get(edge.to)?.cost ?? Number.POSITIVE_INFINITY))
        open.set(edge.to, { cost, names: [...way.names, edge.to] });
    }
  }
  return goal === "" ? [] : [goal];
}

/** Steps to begin with; a long way keeps its ends and its most visited stops. */
export function suggestSteps(graph: Graph, goal: string): string[] {
  const way = wayTo(graph, goal);
  if (way.length <= MOST_STEPS) return way;
  const visited = new Map(graph.nodes.map((node) => [node.name, node.people]));
  const inner = way
    .slice(1, -1)
    .sort((a, b) => (visited.get(b) ?? 0) - (visited.get(a) ?? 0))
    .slice(0, MOST_STEPS - 2);
  const kept = new Set([way[0], way.at(-1), ...inner]);
  return way.filter((name) => kept.has(name));
}
