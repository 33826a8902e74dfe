import "@xyflow/react/dist/base.css";
import { useDirection } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ReactFlow, ReactFlowProvider, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Graph } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { ProblemNote } from "@/shared/ui/problem-note";
import type { Cell } from "./cell";
import type { Differences } from "./comparison";
import { Drafting } from "./drafting";
import { elementsOf } from "./elements";
import { mirrored, type Placement } from "./geometry";
import { GraphControls } from "./graph-controls";
import { GraphEdgeLine } from "./graph-edge";
import { GraphNodeBox } from "./graph-node";
import classes from "./journeys.module.css";
import { placeWithin } from "./layout";
import type { Drawing } from "./simplify";
import type { Measure } from "./url";
import { extentOf, firstViewport, stageHeight } from "./viewport";

const NODE_TYPES = { step: GraphNodeBox };
const EDGE_TYPES = { path: GraphEdgeLine };
const FIT = { padding: 0.04, maxZoom: 1.1 };

interface GraphViewProps {
  graph: Graph;
  drawing: Drawing;
  measure: Measure;
  differences: Differences | null;
  selected: string;
  onOpen: (cell: Cell) => void;
}

/** The picture of the real journey. */
export default function GraphView(props: GraphViewProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas(props: GraphViewProps) {
  const { graph, drawing, measure, differences, selected, onOpen } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { dir } = useDirection();
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const { ref, width: room } = useElementSize();
  const shape = drawing.edges.map((edge) => `${edge.from}\u0001${edge.to}`).join("\u0002");
  const layout = useQuery({
    queryKey: ["layout", narrow, Math.round(room / 100), shape],
    enabled: room > 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: () => placeWithin(drawing, room, narrow ? ["DOWN"] : ["RIGHT", "DOWN"]),
    placeholderData: keepPreviousData,
  });
  const placement = useMemo(
    () => (layout.data && dir === "rtl" ? mirrored(layout.data) : layout.data),
    [layout.data, dir],
  );
  const elements = useMemo(
    () =>
      placement &&
      elementsOf({
        placement,
        graph,
        drawing,
        measure,
        differences,
        selected,
        format,
        t,
        onOpen,
      }),
    [placement, graph, drawing, measure, differences, selected, format, t, onOpen],
  );
  if (layout.isError) return <ProblemNote error={layout.error} />;
  if (!elements || !placement || room === 0)
    return (
      <div ref={ref}>
        <Drafting />
      </div>
    );
  return (
    <section
      ref={ref}
      className={classes.canvas}
      style={{ blockSize: stageHeight(placement, room) }}
      dir="ltr"
      aria-label={t("journeys.graphLabel", { count: drawing.names.length })}
    >
      <ReactFlow
        nodes={elements.nodes}
        edges={elements.edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        minZoom={0.15}
        maxZoom={2}
        preventScrolling={false}
        zoomOnScroll={false}
        panOnScroll={false}
        proOptions={{ hideAttribution: true }}
      >
        <Refit placement={placement} />
        <GraphControls fit={FIT} />
      </ReactFlow>
    </section>
  );
}

/** Look at the picture from its beginning again when another one is drawn, or the room changes. */
function Refit({ placement }: { placement: Placement }) {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  useEffect(() => {
    if (width > 0) void flow.setViewport(firstViewport(extentOf(placement), { width, height }));
  }, [flow, placement, width, height]);
  return null;
}
