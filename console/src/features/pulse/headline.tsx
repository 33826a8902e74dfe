import { useTranslation } from "react-i18next";
import type { Pulse } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { Figure, Figures } from "@/shared/ui/figure";

const LAG_WARN_S = 30;

/** The five numbers of the day. */
export function Headline({ pulse }: { pulse: Pulse }) {
  const { t } = useTranslation();
  const format = useFormat();
  const usual = pulse.usual_events_today;
  const behind = pulse.lag_events > 0;
  const received = pulse.totals.received;
  return (
    <Figures>
      <Figure
        label={t("pulse.peopleToday")}
        value={format.number(pulse.people_today)}
        note={`${t("pulse.people")}: ${format.number(pulse.people)}`}
        to="/customers"
      />
      <Figure
        label={t("pulse.eventsToday")}
        value={format.number(pulse.events_today)}
        note={
          usual
            ? t("pulse.usual", { share: format.percent(pulse.events_today / usual) })
            : t("pulse.noUsual")
        }
        to="/live"
      />
      <Figure
        label={t("pulse.lag")}
        value={format.number(pulse.lag_events)}
        tone={pulse.lag_seconds > LAG_WARN_S ? "warn" : "plain"}
        note={
          behind
            ? t("pulse.lagBehind", { span: format.span(pulse.lag_seconds) })
            : t("pulse.lagNone")
        }
        to="/live"
      />
      <Figure
        label={t("pulse.quarantined")}
        value={format.number(pulse.totals.quarantined)}
        note={t("pulse.ofReceived", {
          share: format.percent(received ? pulse.totals.quarantined / received : 0),
          count: received,
        })}
        to="/quarantine"
      />
    </Figures>
  );
}
