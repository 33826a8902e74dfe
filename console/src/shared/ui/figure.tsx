import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { UrlSearch } from "../url/search";
import classes from "./figure.module.css";

type Tone = "plain" | "good" | "warn" | "bad";

interface FigureProps {
  label: string;
  value: string;
  note?: ReactNode;
  tone?: Tone;
  to?: string;
  search?: UrlSearch;
}

/** One number that matters; it opens to what is behind it. */
export function Figure({ label, value, note, tone = "plain", to, search }: FigureProps) {
  const body = (
    <>
      <span className={classes.label}>{label}</span>
      <span className={classes.value} data-tone={tone}>
        {value}
      </span>
      {note && <span className={classes.note}>{note}</span>}
    </>
  );
  if (!to) return <div className={classes.figure}>{body}</div>;
  return (
    <Link to={to} search={search ?? {}} className={classes.figure} data-link>
      {body}
    </Link>
  );
}

/** Figures side by side, parted by hairlines. */
export function Figures({ children }: { children: ReactNode }) {
  return <div className={classes.row}>{children}</div>;
}
