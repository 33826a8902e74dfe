import { EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import type { PathEdge } from "./elements";
import classes from "./journeys.module.css";

/** Where A has more, and where B has. */
const SIDE = { a: "var(--accent)", b: "var(--warn)" };

/** A connection, as thick as it is frequent; pressing its label opens the people on it. */
export function GraphEdgeLine({ id, data }: EdgeProps<PathEdge>) {
  if (data === undefined) return null;
  const marker = `arrow-${id.replace(/[^\w]/g, "_")}`;
  const color =
    data.slow > 0
      ? `color-mix(in srgb, var(--bad) ${data.slow * 100}%, var(--edge))`
      : "var(--edge)";
  const compared = data.more === "" ? color : SIDE[data.more];
  const stroke = data.selected ? "var(--accent)" : compared;
  return (
    <>
      <defs>
        <marker
          id={marker}
          viewBox="0 0 10 10"
          refX="8"
          refY="5"
          markerWidth={8 + data.width}
          markerHeight={8 + data.width}
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M 0 0 L 10 5 L 0 10 z" style={{ fill: stroke }} />
        </marker>
      </defs>
      <path
        d={data.path}
        className={classes.edge}
        data-bound={data.bound}
        style={{ stroke, strokeWidth: data.width }}
        markerEnd={`url(#${marker})`}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the label is the button for keyboards. */}
      <path d={data.path} className={classes.edgeTouch} onClick={data.onOpen} />
      {data.x !== null && (
        <EdgeLabelRenderer>
          <div
            className={classes.edgePlace}
            style={{ transform: `translate(-50%, -50%) translate(${data.x}px, ${data.y}px)` }}
          >
            <button
              type="button"
              className={`${classes.edgeLabel} nopan`}
              data-bound={data.bound}
              data-selected={data.selected}
              data-more={data.more}
              aria-label={data.label}
              onClick={data.onOpen}
              dir="auto"
            >
              {data.value}
            </button>
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
