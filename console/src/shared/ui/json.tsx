import classes from "./json.module.css";

/** Data as the machine wrote it, from left to right; each text in it keeps its own direction. */
export function JsonText({ value, label }: { value: unknown; label?: string }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <section className={classes.json} dir="ltr" aria-label={label} tabIndex={0}>
      {text}
    </section>
  );
}

/** A trait or property in one line. */
export function ValueText({ value }: { value: unknown }) {
  if (typeof value === "string") return <bdi className={classes.text}>{value}</bdi>;
  return (
    <bdi dir="ltr" className={classes.text}>
      {JSON.stringify(value)}
    </bdi>
  );
}
