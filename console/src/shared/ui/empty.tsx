import type { ReactNode } from "react";
import { CopyBlock } from "./copy-block";
import classes from "./empty.module.css";

interface EmptyProps {
  title: string;
  text: ReactNode;
  command?: string;
  children?: ReactNode;
}

/** Nothing here yet, and the next step towards something. */
export function Empty({ title, text, command, children }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <p className={classes.title}>{title}</p>
      <p className={classes.text}>{text}</p>
      {command && <CopyBlock code={command} />}
      {children && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
