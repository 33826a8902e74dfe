import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Pulse } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { useNow } from "@/shared/prefs/use-now";
import { Plain } from "@/shared/ui/names";
import classes from "./pulse.module.css";

export function Alerts({ alerts }: { alerts: Pulse["alerts"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useWord();
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
            <strong>{word("alerts", alert.kind)}</strong>
            {alert.subject && (
              <>
                : <Plain>{alert.subject}</Plain>
              </>
            )}
            <div className={classes.alertDetail}>
              <Plain>{alert.detail}</Plain>
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
