import { useDirection } from "@mantine/core";
import classes from "./charts.module.css";

interface SparklineProps {
  /** What it shows, in words. */
  label: string;
  values: readonly number[];
  width?: number;
  height?: number;
}

/** A small line in a table: its course, not its numbers. The last value has a dot. */
export function Sparkline({ label, values, width = 88, height = 22 }: SparklineProps) {
  const { dir } = useDirection();
  const most = Math.max(1, ...values);
  const step = (width - 6) / Math.max(1, values.length - 1);
  const points = values.map((value, at) => {
    const x = 3 + at * step;
    return {
      x: dir === "rtl" ? width - x : x,
      y: 3 + (height - 6) * (1 - value / most),
    };
  });
  const last = points.at(-1);
  return (
    <svg
      className={classes.sparkline}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      <polyline points={points.map(({ x, y }) => `${x},${y}`).join(" ")} />
      {last && <circle cx={last.x} cy={last.y} r={2.5} />}
    </svg>
  );
}
