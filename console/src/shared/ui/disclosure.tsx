import { IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./disclosure.module.css";

/** Shows whether a row is open. */
export function Chevron({ open }: { open: boolean }) {
  return <IconChevronRight size={16} className={classes.chevron} data-open={open} aria-hidden />;
}

/** Small facts side by side, above the details of an open row. */
export function FactLine({ children }: { children: ReactNode }) {
  return <p className={classes.facts}>{children}</p>;
}
