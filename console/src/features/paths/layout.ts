import type { Direction, PathLink, PathNode, PathsResult } from "./types";

const NODE_WIDTH = 10;
/** Room for a name and its number below it. */
const SLOT = 34;
const GAP = 8;
const FLOW_HEIGHT = 380;
const OTHER = /^\d+~/;

export interface PlacedNode {
  node: PathNode;
  x: number;
  y: number;
  width: number;
  height: number;
  isOther: boolean;
}

export interface PlacedLink {
  link: PathLink;
  path: string;
  thickness: number;
  isOther: boolean;
}

export interface Flow {
  nodes: PlacedNode[];
  links: PlacedLink[];
  width: number;
  height: number;
  /** Between the edges of two columns, for names. */
  columnWidth: number;
}

/** What a part of a step is, rather than an event: all other names, or a middle left out. */
const isOther = (id: string) => OTHER.test(id);

/** Names in one order over all columns, so that a picture stays as it was when numbers change. */
function ranks(nodes: readonly PathNode[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const node of nodes)
    if (!isOther(node.id)) sums.set(node.name, (sums.get(node.name) ?? 0) + (node.count ?? 0));
  const order = [...sums].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return new Map(order.map(([name], at) => [name, at]));
}

function columnsOf(result: PathsResult, direction: Direction): PathNode[][] {
  const rank = ranks(result.nodes);
  const place = (node: PathNode) =>
    isOther(node.id) ? Number.MAX_SAFE_INTEGER : (rank.get(node.name) ?? 0);
  const positions = [...new Set(result.nodes.map((node) => node.position))].sort((a, b) => a - b);
  // Time runs on: backward, positions count from the end.
  if (direction === "backward") positions.reverse();
  return positions.map((position) =>
    result.nodes
      .filter((node) => node.position === position && (node.count ?? 0) > 0)
      .sort((a, b) => place(a) - place(b)),
  );
}

/** A band from the edge of a node to the edge of a later one. */
function band(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2;
  return `M ${fromX} ${fromY} C ${middle} ${fromY}, ${middle} ${toY}, ${toX} ${toY}`;
}

interface Room {
  direction: Direction;
  width: number;
  rtl: boolean;
}

/** Where columns, nodes and bands stand; in right-to-left reading time runs to the left. */
export function flowOf(result: PathsResult, { direction, width, rtl }: Room): Flow {
  const columns = columnsOf(result, direction);
  const sum = (nodes: PathNode[]) => nodes.reduce((all, node) => all + (node.count ?? 0), 0);
  const scale = FLOW_HEIGHT / Math.max(1, ...columns.map(sum));
  const columnWidth = width / Math.max(1, columns.length);
  const turned = (x: number, size = 0) => (rtl ? width - x - size : x);
  const nodes = columns.flatMap((column, at) => {
    let y = 4;
    return column.map((node): PlacedNode => {
      const height = Math.max(2, (node.count ?? 0) * scale);
      const placed = {
        node,
        x: turned(at * columnWidth, NODE_WIDTH),
        y,
        width: NODE_WIDTH,
        height,
        isOther: isOther(node.id),
      };
      y += Math.max(height, SLOT) + GAP;
      return placed;
    });
  });
  const height = Math.max(120, ...nodes.map((one) => one.y + Math.max(one.height, SLOT) + GAP));
  return { nodes, links: linksOf(result, { nodes, scale, rtl }), width, height, columnWidth };
}

interface Placed {
  nodes: PlacedNode[];
  scale: number;
  rtl: boolean;
}

function linksOf(result: PathsResult, { nodes, scale, rtl }: Placed): PlacedLink[] {
  const byId = new Map(nodes.map((one) => [one.node.id, one]));
  const known = result.links.flatMap((link) => {
    const from = byId.get(link.from);
    const to = byId.get(link.to);
    return from && to && (link.count ?? 0) > 0 ? [{ link, from, to }] : [];
  });
  const left = new Map<string, number>();
  const arrived = new Map<string, number>();
  const take = (used: Map<string, number>, id: string, size: number) => {
    const start = used.get(id) ?? 0;
    used.set(id, start + size);
    return start;
  };
  const ordered = known.sort((a, b) => a.from.y - b.from.y || a.to.y - b.to.y);
  return ordered.map(({ link, from, to }) => {
    const thickness = Math.max(1, (link.count ?? 0) * scale);
    const fromY = from.y + take(left, link.from, thickness) + thickness / 2;
    const toY = to.y + take(arrived, link.to, thickness) + thickness / 2;
    const fromX = rtl ? from.x : from.x + from.width;
    const toX = rtl ? to.x + to.width : to.x;
    return {
      link,
      path: band(fromX, fromY, toX, toY),
      thickness,
      isOther: from.isOther || to.isOther,
    };
  });
}
