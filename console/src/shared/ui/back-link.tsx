import { IconChevronLeft } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import classes from "./back-link.module.css";

/** From one thing back to the list of all. */
export function BackLink({ to, label }: { to: string; label: string }) {
  return (
    <Link to={to} className={classes.back}>
      <IconChevronLeft size={16} className="mirror" aria-hidden />
      {label}
    </Link>
  );
}
