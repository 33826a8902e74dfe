/** Where things stand after layout, in pixels from the top left. */
export interface Point {
  x: number;
  y: number;
}

interface PlacedNode extends Point {
  id: string;
  width: number;
  height: number;
}

interface PlacedEdge {
  id: string;
  points: Point[];
  label: Point | null;
}

export interface Placement {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

/** Turn a layout round its vertical middle: in right-to-left reading time flows to the left. */
export function mirrored(placement: Placement): Placement {
  const { width } = placement;
  const turn = (point: Point) => ({ x: width - point.x, y: point.y });
  return {
    ...placement,
    nodes: placement.nodes.map((node) => ({ ...node, x: width - node.x - node.width })),
    edges: placement.edges.map((edge) => ({
      ...edge,
      points: edge.points.map(turn),
      label: edge.label && turn(edge.label),
    })),
  };
}

const at = ({ x, y }: Point) => `${x} ${y}`;

/** An SVG path: start, then cubic curves if the points come in threes, else straight lines. */
export function pathOf(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (start === undefined) return "";
  if (rest.length % 3 !== 0)
    return `M ${at(start)} ${rest.map((point) => `L ${at(point)}`).join(" ")}`;
  const curves: string[] = [];
  for (let index = 0; index + 2 < rest.length; index += 3) {
    const [first, second, end] = rest.slice(index, index + 3) as [Point, Point, Point];
    curves.push(`C ${at(first)}, ${at(second)}, ${at(end)}`);
  }
  return `M ${at(start)} ${curves.join(" ")}`;
}

/** Thickness of a line in pixels: area speaks of frequency, so it grows with the square root. */
export function thickness(count: number, most: number): number {
  return 1 + 8 * Math.sqrt(count / Math.max(1, most));
}

/** How slow a step is against the slowest, 0 to 1; the square root lets the middling ones show. */
export function slowness(seconds: number, slowest: number): number {
  return slowest > 0 ? Math.sqrt(Math.min(1, seconds / slowest)) : 0;
}
