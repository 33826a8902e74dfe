import classes from "./charts.module.css";

interface IntervalProps {
  /** In words: value and interval. */
  label: string;
  value: number;
  low: number;
  high: number;
  /** Ends of the scale. */
  from: number;
  to: number;
  /** Where nothing differs: 0 for a difference, 1 for a ratio. */
  zero?: number;
}

/** A value with its interval on a scale. */
export function Interval({ label, value, low, high, from, to, zero }: IntervalProps) {
  const at = (x: number) => `${100 * Math.min(1, Math.max(0, (x - from) / (to - from || 1)))}%`;
  const length = `calc(${at(high)} - ${at(low)})`;
  return (
    <span className={classes.interval} role="img" aria-label={label}>
      {zero !== undefined && <i className={classes.zero} style={{ insetInlineStart: at(zero) }} />}
      <i className={classes.range} style={{ insetInlineStart: at(low), inlineSize: length }} />
      <i className={classes.dot} style={{ insetInlineStart: at(value) }} />
    </span>
  );
}
