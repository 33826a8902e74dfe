import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Pulse } from "@/shared/api/types";
import { useCause } from "@/shared/format/use-cause";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { useNow } from "@/shared/prefs/use-now";
import { Plain } from "@/shared/ui/names";
import classes from "./pulse.module.css";

type Alert = Pulse["alerts"][number];

/** Where an alert can be looked into. */
function roomOf({ kind, subject }: Alert) {
  if (kind === "silent_source" && subject) return { to: `/sources/${subject}` };
  if (kind === "map_drift")
    return { to: "/journeys/maps", search: { map: subject, view: "drift" } };
  return { to: kind === "quarantine" ? "/quarantine" : "/" };
}

/** What needs a person's eyes, and since when. */
export function Alerts({ alerts }: { alerts: Pulse["alerts"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
  const cause = useCause();
  const now = useNow();
  if (alerts.length === 0) {
    return (
      <p className={classes.calm}>
        <IconCircleCheck size={20} aria-hidden />
        {t("pulse.noAlerts")}
      </p>
    );
  }
  return (
    <ul className={classes.alerts}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <IconAlertTriangle size={20} aria-hidden />
          <div>
            <strong>
              <Link {...roomOf(alert)}>{word("alerts", alert.kind)}</Link>
            </strong>
            <div className={classes.alertDetail}>
              <Plain>{cause("alerts", alert.kind, alert.values, alert.detail)}</Plain>
            </div>
            <div className={classes.alertDetail}>
              {t("pulse.since", { ago: format.ago(alert.opened_at, now) })}
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
