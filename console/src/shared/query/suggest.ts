import type { Graph } from "../api/types";

const MOST_STEPS = 5;
const SAME = 0.06;
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

interface Move {
  from: string;
  to: string;
  count: number;
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

/** The cheapest way along these moves (Dijkstra); a rarer one costs more. */
function wayAlong(moves: readonly Move[], goal: string): string[] | null {
  const most = Math.max(1, ...moves.map((move) => move.count));
  const open = new Map<string, Way>([[START, { cost: 0, names: [] }]]);
  const done = new Set<string>();
  for (let next = cheapest(open); next !== null; next = cheapest(open)) {
    const [at, way] = next;
    if (at === goal) return way.names;
    open.delete(at);
    done.add(at);
    for (const move of moves.filter((one) => one.from === at && !done.has(one.to))) {
      const cost = way.cost + 1 + Math.log(most / Math.max(1, move.count));
      if (cost < (open.get(move.to)?.cost ?? Number.POSITIVE_INFINITY))
        open.set(move.to, { cost, names: [...way.names, move.to] });
    }
  }
  return null;
}

/** The main road to a goal: its least used part is used as much as can be. */
function wayTo(graph: Graph, goal: string): string[] {
  const moves: Move[] = [
    ...graph.starts.map((one) => ({ from: START, to: one.name, count: one.count })),
    ...graph.edges.filter((edge) => edge.from !== edge.to),
  ].sort((a, b) => b.count - a.count);
  let [low, high] = [1, moves.length];
  if (wayAlong(moves, goal) === null) return goal === "" ? [] : [goal];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (wayAlong(moves.slice(0, middle), goal) === null) low = middle + 1;
    else high = middle;
  }
  return wayAlong(moves.slice(0, low), goal) ?? [goal];
}

/** Steps to begin with: of a long way those stops where most people are lost in between. */
export function suggestSteps(graph: Graph, goal: string): string[] {
  const way = wayTo(graph, goal);
  const people = new Map(graph.nodes.map((node) => [node.name, node.people]));
  const size = (at: number) => Math.log(Math.max(1, people.get(way[at] ?? "") ?? 1));
  // Stops that nearly everybody of a neighbour passes say nothing: the page of a product, its view.
  const inner = (from: number, to: number) =>
    Array.from({ length: to - from - 1 }, (_, at) => from + 1 + at).filter((at) =>
      [from, to].every((end) => Math.abs(size(at) - size(end)) > SAME),
    );
  const kept = way.length === 0 ? [] : [0, way.length - 1];
  while (kept.length < Math.min(MOST_STEPS, way.length)) {
    const gaps = kept.slice(1).map((to, index) => ({ from: kept[index] ?? 0, to }));
    const wide = gaps
      .filter(({ from, to }) => inner(from, to).length > 0)
      .sort((a, b) => Math.abs(size(b.to) - size(b.from)) - Math.abs(size(a.to) - size(a.from)))[0];
    if (wide === undefined) break;
    const middle = (size(wide.from) + size(wide.to)) / 2;
    const best = inner(wide.from, wide.to).reduce((found, at) =>
      Math.abs(size(at) - middle) < Math.abs(size(found) - middle) ? at : found,
    );
    kept.push(best);
    kept.sort((a, b) => a - b);
  }
  return [...new Set(kept.map((at) => way[at] ?? ""))];
}
