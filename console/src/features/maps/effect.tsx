import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import classes from "./maps.module.css";
import type { Deviation } from "./types";

/** How the goal goes with a deviation against without it; strong only when beyond chance. */
export function EffectText({ effect }: { effect: NonNullable<Deviation["effect"]> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isSure = effect.q < 0.05;
  const sign = effect.difference > 0 ? "+" : "";
  return (
    <span
      className={classes.effect}
      data-sure={isSure || undefined}
      data-bad={(isSure && effect.difference < 0) || undefined}
      title={t("maps.effectText", {
        given: format.percent(effect.given.share ?? 0),
        without: format.percent(effect.without.share ?? 0),
      })}
    >
      {sign}
      {t("maps.points", { points: format.points(effect.difference) })}{" "}
      <span className={classes.soft}>
        {t("maps.between", { low: format.points(effect.low), high: format.points(effect.high) })}
      </span>
    </span>
  );
}
