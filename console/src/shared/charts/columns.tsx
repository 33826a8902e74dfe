import { UnstyledButton } from "@mantine/core";
import classes from "./charts.module.css";

interface Column {
  key: string;
  /** Below the column. */
  label: string;
  value: number;
  /** Above the column. */
  text: string;
  /** May still change: hatched. */
  open?: boolean;
  /** The whole in words. */
  title: string;
  onOpen?: (() => void) | undefined;
}

interface ColumnsProps {
  label: string;
  rows: readonly Column[];
  /** What a full column stands for; else the highest. */
  most?: number;
  /** Half as high, for several below each other. */
  low?: boolean;
}

/** What lies between the first and the last that is not empty. */
export function withoutEmptyEnds<T>(rows: readonly T[], isEmpty: (row: T) => boolean): T[] {
  const first = rows.findIndex((row) => !isEmpty(row));
  const last = rows.findLastIndex((row) => !isEmpty(row));
  return first < 0 ? [] : rows.slice(first, last + 1);
}

/** Columns side by side from where reading begins; each opens to what is behind it. */
export function ColumnChart({ label, rows, most, low = false }: ColumnsProps) {
  const full = Math.max(1, most ?? Math.max(...rows.map((row) => row.value)));
  return (
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <ol className={classes.columns}>
        {rows.map(({ key, value, text, title, open, onOpen, ...row }) => {
          const body = (
            <>
              <span className={classes.columnRoom} data-low={low} aria-hidden>
                <span className={classes.columnText}>{text}</span>
                <span
                  className={classes.columnFill}
                  data-hatch={open || undefined}
                  style={{ blockSize: `${((low ? 66 : 82) * value) / full}%` }}
                />
              </span>
              <span className={classes.columnLabel} aria-hidden>
                {row.label}
              </span>
            </>
          );
          return (
            <li key={key}>
              {onOpen && value > 0 ? (
                <UnstyledButton className={classes.column} aria-label={title} onClick={onOpen}>
                  {body}
                </UnstyledButton>
              ) : (
                <span className={classes.column} role="img" aria-label={title}>
                  {body}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
