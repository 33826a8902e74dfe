import { UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./charts.module.css";

interface Bar {
  key: string;
  label: ReactNode;
  /** Length of the bar. */
  value: number;
  /** Of `value`, what may still change: hatched. */
  open?: number;
  /** The numbers, written out at the end of the row. */
  text: ReactNode;
  /** What pressing the row does, for screen readers. */
  action?: string;
  onOpen?: (() => void) | undefined;
}

interface BarsProps {
  label: string;
  rows: readonly Bar[];
  /** Length of a full bar; else that of the longest. */
  most?: number;
}

/** Bars in rows, each with its name and its numbers beside it. */
export function Bars({ label, rows, most }: BarsProps) {
  const full = Math.max(Number.EPSILON, most ?? Math.max(...rows.map((row) => row.value)));
  const part = (value: number) => `${Math.min(100, (100 * value) / full)}%`;
  return (
    <ol className={classes.bars} aria-label={label}>
      {rows.map(({ key, value, open = 0, action, onOpen, ...row }) => {
        const body = (
          <>
            <span className={classes.barLabel}>{row.label}</span>
            <span className={classes.barText}>{row.text}</span>
            <span className={classes.barTrack} aria-hidden>
              <span className={classes.barFill} style={{ inlineSize: part(value - open) }} />
              {open > 0 && (
                <span className={classes.barOpen} data-hatch style={{ inlineSize: part(open) }} />
              )}
            </span>
          </>
        );
        return (
          <li key={key}>
            {onOpen ? (
              <UnstyledButton className={classes.bar} data-press title={action} onClick={onOpen}>
                {body}
              </UnstyledButton>
            ) : (
              <span className={classes.bar}>{body}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
