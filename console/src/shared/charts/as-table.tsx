import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./charts.module.css";

interface AsTableProps {
  label: string;
  head: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}

/** What a chart shows, as text and numbers: for screen readers, and for who wants to read it. */
export function AsTable({ label, head, rows }: AsTableProps) {
  const { t } = useTranslation();
  return (
    <details className={classes.asTable}>
      <summary>{t("charts.asTable")}</summary>
      <section className={classes.scroll} tabIndex={0} aria-label={label}>
        <table className={classes.plainTable}>
          <thead>
            <tr>
              {head.map((text) => (
                <th key={text} scope="col" className={classes.columnHead}>
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells }) => (
              <tr key={key}>
                {cells.map((cell, at) =>
                  at === 0 ? (
                    <th key={head[at]} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={head[at]}>{cell}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
