import type { Edge, Node } from "@xyflow/react";
import type { TFunction } from "i18next";
import type { Graph, GraphEdge } from "@/shared/api/types";
import type { Format } from "@/shared/format/format";
import type { Difference } from "@/shared/query/types";
import type { Cell } from "./cell";
import type { Differences } from "./comparison";
import { type Placement, pathOf, slowness, thickness } from "./geometry";
import { type Drawing, END, edgeId, START } from "./simplify";
import type { Measure } from "./url";

interface StepData extends Record<string, unknown> {
  title: string;
  count: string;
  people: string;
  bound: boolean;
  selected: boolean;
  label: string;
  onOpen: () => void;
}

interface PathData extends Record<string, unknown> {
  path: string;
  x: number | null;
  y: number | null;
  value: string;
  width: number;
  slow: number;
  /** Of two sides compared: which has more, if that is no chance. */
  more: "a" | "b" | "";
  bound: boolean;
  selected: boolean;
  label: string;
  onOpen: () => void;
}

export type StepNode = Node<StepData, "step">;
export type PathEdge = Edge<PathData, "path">;

interface ElementsInput {
  placement: Placement;
  graph: Graph;
  drawing: Drawing;
  measure: Measure;
  differences: Differences | null;
  selected: string;
  format: Format;
  t: TFunction;
  onOpen: (cell: Cell) => void;
}

const isBound = (name: string) => name === START || name === END;

function cellBehind(from: string, to: string): Cell {
  if (from === START) return { of: "start", name: to };
  return to === END ? { of: "end", name: from } : { of: "edge", from, to };
}

function labelText(from: string, to: string, value: string, t: TFunction): string {
  if (from === START) return t("journeys.startLabel", { name: to, value });
  if (to === END) return t("journeys.endLabel", { name: from, value });
  return t("journeys.edgeLabel", { from, to, value });
}

function valueText(edge: GraphEdge, measure: Measure, format: Format): string {
  if (isBound(edge.from) || isBound(edge.to) || measure === "count")
    return format.compact(edge.count);
  return format.span(measure === "median" ? edge.median_s : edge.p95_s);
}

/** Which side takes a connection more, beyond chance. */
function sideOf(difference: Difference | undefined): PathData["more"] {
  if (!difference?.is_significant) return "";
  return (difference.difference ?? 0) > 0 ? "a" : "b";
}

/** How much more of A's people take a connection than of B's, in points; empty: unknown. */
function differenceText(difference: Difference | undefined, format: Format): string {
  if (difference?.difference == null) return "";
  const sign = difference.difference > 0 ? "+" : "";
  return `\u2066${sign}${format.points(difference.difference)}\u2069`;
}

function steps(input: ElementsInput): StepNode[] {
  const { placement, graph, selected, format, t, onOpen } = input;
  const known = new Map(graph.nodes.map((node) => [node.name, node]));
  return placement.nodes.map((node) => {
    const facts = known.get(node.id);
    const bound = isBound(node.id);
    const title = bound ? t(node.id === START ? "journeys.start" : "journeys.end") : node.id;
    return {
      id: node.id,
      type: "step",
      position: { x: node.x, y: node.y },
      width: node.width,
      height: node.height,
      data: {
        title,
        bound,
        count: facts ? format.compact(facts.count) : "",
        people: facts ? t("journeys.nodePeople", { count: facts.people }) : "",
        selected: selected === node.id,
        label: t("journeys.openStep", { name: title }),
        onOpen: () => onOpen({ of: "node", name: node.id }),
      },
    };
  });
}

function lines(input: ElementsInput): PathEdge[] {
  const { placement, drawing, measure, differences, selected, format, t, onOpen } = input;
  const facts = new Map(drawing.edges.map((edge) => [edgeId(edge.from, edge.to), edge]));
  const most = Math.max(1, ...drawing.edges.map((edge) => edge.count));
  const time = (edge: GraphEdge) => (measure === "p95" ? edge.p95_s : edge.median_s);
  const slowest = Math.max(1, ...drawing.edges.map(time));
  return placement.edges.flatMap(({ id, points, label }) => {
    const edge = facts.get(id);
    if (edge === undefined) return [];
    const { from, to } = edge;
    const bound = isBound(from) || isBound(to);
    const difference = differences?.get(id);
    const isCompared = differences !== null && !bound;
    const value = isCompared
      ? differenceText(difference, format)
      : valueText(edge, measure, format);
    return [
      {
        id,
        type: "path" as const,
        source: from,
        target: to,
        data: {
          path: pathOf(points),
          x: label?.x ?? null,
          y: label?.y ?? null,
          value,
          width: thickness(edge.count, most),
          more: sideOf(difference),
          slow: measure === "count" || bound || differences ? 0 : slowness(time(edge), slowest),
          bound,
          selected: selected === id,
          label: labelText(from, to, value, t),
          onOpen: () => onOpen(cellBehind(from, to)),
        },
      },
    ];
  });
}

/** What React Flow draws, from where things stand and what they mean. */
export function elementsOf(input: ElementsInput): { nodes: StepNode[]; edges: PathEdge[] } {
  return { nodes: steps(input), edges: lines(input) };
}
