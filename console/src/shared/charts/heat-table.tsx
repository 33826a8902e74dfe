import { UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./charts.module.css";

export interface HeatCell {
  key: string;
  /** 0 to 1: how strong the colour is; null for nothing to say. */
  heat: number | null;
  text: string;
  /** The cell in words. */
  title: string;
  /** May still change, so it is hatched. */
  open?: boolean;
  onOpen?: (() => void) | undefined;
}

interface HeatRow {
  key: string;
  label: ReactNode;
  /** Beside the label, e.g. how many people. */
  note?: ReactNode;
  cells: readonly HeatCell[];
}

interface HeatTableProps {
  label: string;
  corner: string;
  noteHead?: string;
  head: readonly string[];
  rows: readonly HeatRow[];
}

/** A table whose colours speak, and whose numbers stay readable. */
export function HeatTable({ label, corner, noteHead, head, rows }: HeatTableProps) {
  return (
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <table className={classes.heat}>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {noteHead !== undefined && <th scope="col">{noteHead}</th>}
            {head.map((text) => (
              <th key={text} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.label}</th>
              {noteHead !== undefined && <td className={classes.heatNote}>{row.note}</td>}
              {row.cells.map((cell) => (
                <Cell key={cell.key} cell={cell} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ cell }: { cell: HeatCell }) {
  const { heat, text, title, open = false, onOpen } = cell;
  if (heat === null) return <td className={classes.heatCell}>{text}</td>;
  const ink = { "--heat": `${Math.round(100 * heat)}%` };
  return (
    <td
      className={classes.heatCell}
      data-hatch={open || undefined}
      style={ink as React.CSSProperties}
      title={title}
    >
      {onOpen ? (
        <UnstyledButton className={classes.heatButton} aria-label={title} onClick={onOpen}>
          {text}
        </UnstyledButton>
      ) : (
        text
      )}
    </td>
  );
}
