import { Handle, type NodeProps, Position } from "@xyflow/react";
import type { StepNode } from "./elements";
import classes from "./journeys.module.css";

/** A step of the journey; pressing it lists what comes before and after. */
export function GraphNodeBox({ data }: NodeProps<StepNode>) {
  return (
    <>
      <Handle type="target" position={Position.Left} className={classes.handle} />
      {data.bound ? (
        <div className={classes.bound}>{data.title}</div>
      ) : (
        <button
          type="button"
          className={`${classes.node} nopan`}
          data-selected={data.selected}
          aria-label={data.label}
          title={data.title}
          onClick={data.onOpen}
        >
          <bdi className={classes.nodeTitle} aria-hidden>
            {data.title}
          </bdi>
          <span className={classes.nodeFacts} dir="auto" aria-hidden>
            {data.count} · {data.people}
          </span>
        </button>
      )}
      <Handle type="source" position={Position.Right} className={classes.handle} />
    </>
  );
}
