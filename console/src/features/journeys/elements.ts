import type { Edge, Node } from "@xyflow/react";
import type { TFunction } from "i18next";
import type { Graph, GraphEdge } from "@/shared/api/types";
import type { Format } from "@/shared/format/format";
import { type Placement, pathOf, slowness, thickness } from "./geometry";
import { edgeId } from "./layout";
import { type Drawing, END, START } from "./simplify";
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
  selected: string;
  format: Format;
  t: TFunction;
  onEdge: (from: string, to: string) => void;
  onStep: (name: string) => void;
}

const isBound = (name: string) => name === START || name === END;

function valueText(edge: GraphEdge, measure: Measure, format: Format): string {
  if (isBound(edge.from) || isBound(edge.to) || measure === "count")
    return format.compact(edge.count);
  return format.span(measure === "median" ? edge.median_s : edge.p95_s);
}

function steps(input: ElementsInput): StepNode[] {
  const { placement, graph, selected, format, t, onStep } = input;
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
        onOpen: () => onStep(node.id),
      },
    };
  });
}

function lines(input: ElementsInput): PathEdge[] {
  const { placement, drawing, measure, selected, format, t, onEdge } = input;
  const facts = new Map(drawing.edges.map((edge) => [edgeId(edge.from, edge.to), edge]));
  const most = Math.max(1, ...drawing.edges.map((edge) => edge.count));
  const time = (edge: GraphEdge) => (measure === "p95" ? edge.p95_s : edge.median_s);
  const slowest = Math.max(1, ...drawing.edges.map(time));
  return placement.edges.flatMap(({ id, points, label }) => {
    const edge = facts.get(id);
    if (edge === undefined) return [];
    const { from, to } = edge;
    const bound = isBound(from) || isBound(to);
    const value = valueText(edge, measure, format);
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
          slow: measure === "count" || bound ? 0 : slowness(time(edge), slowest),
          bound,
          selected: selected === id,
          label: t("journeys.edgeLabel", { from, to, value }),
          onOpen: () => onEdge(from, to),
        },
      },
    ];
  });
}

/** What React Flow draws, from where things stand and what they mean. */
export function elementsOf(input: ElementsInput): { nodes: StepNode[]; edges: PathEdge[] } {
  return { nodes: steps(input), edges: lines(input) };
}
