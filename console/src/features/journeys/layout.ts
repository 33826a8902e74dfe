import ELK, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { Placement, Point } from "./geometry";
import { readingOrder } from "./order";
import { type Drawing, END, edgeId, START } from "./simplify";
import { fitZoom, LEGIBLE_ZOOM } from "./viewport";

const NODE = { width: 150, height: 54 };
const BOUND = { width: 56, height: 32 };
const LABEL = { width: 54, height: 20 };

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.edgeRouting": "SPLINES",
  "elk.layered.spacing.nodeNodeBetweenLayers": "22",
  "elk.layered.spacing.edgeNodeBetweenLayers": "12",
  "elk.spacing.nodeNode": "24",
  "elk.spacing.edgeNode": "16",
  "elk.spacing.edgeLabel": "2",
  "elk.edgeLabels.inline": "true",
  "elk.separateConnectedComponents": "false",
  // Half the time of the default 7, and drawings that look the same.
  "elk.layered.thoroughness": "3",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.cycleBreaking.strategy": "MODEL_ORDER",
};

let elk: InstanceType<typeof ELK> | null = null;

/** The layout runs in a worker of its own, made on first use. */
function engine(): InstanceType<typeof ELK> {
  elk ??= new ELK({ workerUrl });
  return elk;
}

function nodeOf(id: string): ElkNode {
  const size = id === START || id === END ? BOUND : NODE;
  const layer = id === START ? "FIRST" : id === END ? "LAST" : "NONE";
  return { id, ...size, layoutOptions: { "elk.layered.layering.layerConstraint": layer } };
}

function pointsOf(edge: ElkExtendedEdge): Point[] {
  const section = edge.sections?.[0];
  return section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : [];
}

function labelOf(edge: ElkExtendedEdge): Point | null {
  const label = edge.labels?.[0];
  if (label?.x === undefined || label.y === undefined) return null;
  return { x: label.x + LABEL.width / 2, y: label.y + LABEL.height / 2 };
}

type Direction = "RIGHT" | "DOWN";

/** The first way in which a drawing stays legible within a width; else the one that does best. */
export async function placeWithin(
  drawing: Drawing,
  width: number,
  directions: readonly Direction[],
): Promise<Placement> {
  let best: Placement | null = null;
  for (const direction of directions) {
    const placed = await place(drawing, direction);
    if (fitZoom(placed, width) >= LEGIBLE_ZOOM) return placed;
    if (best === null || placed.width < best.width) best = placed;
  }
  return best ?? place(drawing, "DOWN");
}

/** Place a drawing in layers, from left to right or from top to bottom. */
async function place(drawing: Drawing, direction: Direction): Promise<Placement> {
  const used = new Set(drawing.edges.flatMap((edge) => [edge.from, edge.to]));
  const ids = [
    ...(used.has(START) ? [START] : []),
    ...readingOrder(drawing),
    ...(used.has(END) ? [END] : []),
  ];
  const graph: ElkNode = {
    id: "root",
    layoutOptions: { ...OPTIONS, "elk.direction": direction },
    children: ids.map(nodeOf),
    edges: drawing.edges.map(({ from, to }) => ({
      id: edgeId(from, to),
      sources: [from],
      targets: [to],
      labels: [{ id: `${edgeId(from, to)}:label`, text: "0", ...LABEL }],
    })),
  };
  const placed: ElkNode = await engine().layout(graph);
  return {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    nodes: (placed.children ?? []).map((node) => ({
      id: node.id,
      x: node.x ?? 0,
      y: node.y ?? 0,
      width: node.width ?? 0,
      height: node.height ?? 0,
    })),
    edges: (placed.edges ?? []).map((edge) => ({
      id: edge.id,
      points: pointsOf(edge),
      label: labelOf(edge),
    })),
  };
}
