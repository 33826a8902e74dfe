import { Link } from "@tanstack/react-router";
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
  const line = (label: string, value: string) => (
    <div className={classes.line}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl className={classes.ledger}>
      {line(t("pulse.received"), format.number(totals.received))}
      <div className={classes.parts}>
        {line(t("pulse.stored"), format.number(totals.stored))}
        {line(t("pulse.duplicates"), format.number(totals.duplicates))}
        <Link to="/quarantine" className={classes.lineLink}>
          {line(t("pulse.held"), format.number(totals.quarantined))}
        </Link>
        {line(t("pulse.rejected"), format.number(totals.rejected))}
        {line(t("pulse.waitingEvents"), format.number(pulse.lag_events))}
      </div>
      {totals.derived > 0 && line(t("pulse.derived"), format.number(totals.derived))}
      {line(t("pulse.disk"), format.bytes(health.disk_free_bytes))}
      {health.worker_seen_at && line(t("pulse.worker"), format.ago(health.worker_seen_at, now))}
    </dl>
  );
}
