import { type Drawing, START } from "./simplify";

/**
 * Steps in the order in which most journeys come to them: from the start, always along the most
 * frequent connection that leads to a new step. Edges against this order are drawn backwards.
 */
export function readingOrder(drawing: Drawing): string[] {
  const waiting = new Set(drawing.names);
  const visited = new Set<string>([START]);
  const order: string[] = [];
  const byCount = [...drawing.edges].sort((a, b) => b.count - a.count);
  while (waiting.size > 0) {
    const way = byCount.find((edge) => visited.has(edge.from) && waiting.has(edge.to));
    const next = way?.to ?? firstOf(waiting);
    waiting.delete(next);
    visited.add(next);
    order.push(next);
  }
  return order;
}

function firstOf(names: Set<string>): string {
  const [first = ""] = names;
  return first;
}
