import { UnstyledButton } from "@mantine/core";
import classes from "./charts.module.css";

export interface Column {
  key: string;
  /** Below the column. */
  label: string;
  value: number;
  /** Above the column. */
  text: string;
  /** The whole in words. */
  title: string;
  onOpen?: (() => void) | undefined;
}

interface ColumnsProps {
  label: string;
  rows: readonly Column[];
}

/** Columns side by side from where reading begins; each opens to what is behind it. */
export function ColumnChart({ label, rows }: ColumnsProps) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return (
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <ol className={classes.columns}>
        {rows.map(({ key, value, text, title, onOpen, ...row }) => {
          const body = (
            <>
              <span className={classes.columnRoom}>
                <span className={classes.columnText}>{text}</span>
                <span
                  className={classes.columnFill}
                  style={{ blockSize: `${(82 * value) / most}%` }}
                />
              </span>
              <span className={classes.columnLabel}>{row.label}</span>
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
