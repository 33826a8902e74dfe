import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Pulse } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import classes from "./pulse.module.css";

/** received = stored + duplicates + quarantined + rejected + waiting, as in a book of accounts. */
export function Ledger({ pulse }: { pulse: Pulse }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const { totals, health } = pulse;
  const line = (label: string, value: ReactNode, part = false) => (
    <div className={classes.line} data-part={part}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
  const held = (
    <Link to="/quarantine" className={classes.number}>
      {format.number(totals.quarantined)}
    </Link>
  );
  return (
    <dl className={classes.ledger}>
      {line(t("pulse.received"), format.number(totals.received))}
      {line(t("pulse.stored"), format.number(totals.stored), true)}
      {line(t("pulse.duplicates"), format.number(totals.duplicates), true)}
      {line(t("pulse.held"), held, true)}
      {line(t("pulse.rejected"), format.number(totals.rejected), true)}
      {line(t("pulse.waitingEvents"), format.number(pulse.lag_events), true)}
      {line(t("pulse.disk"), format.bytes(health.disk_free_bytes))}
      {health.worker_seen_at && line(t("pulse.worker"), format.ago(health.worker_seen_at, now))}
    </dl>
  );
}
