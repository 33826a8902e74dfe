import { Tooltip } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Format } from "../format/format";
import { useFormat } from "../format/use-format";
import classes from "./query.module.css";
import type { Figure } from "./types";

/** The interval of a share, e.g. "41–49%". */
export function intervalText(figure: Pick<Figure, "low" | "high">, format: Format): string {
  const { low, high } = figure;
  if (low === null || high === null) return "";
  return `${format.percent(low)} – ${format.percent(high)}`;
}

/** A figure in words: count, share, interval, and how many may still come. */
export function figureWords(figure: Figure, t: TFunction, format: Format): string {
  if (figure.suppressed || figure.count === null) return t("query.suppressed");
  const said = [t("query.peopleCount", { count: figure.count })];
  if (figure.share !== null) {
    const interval = intervalText(figure, format);
    const share = format.percent(figure.share);
    said.push(interval === "" ? share : t("query.shareWithin", { share, interval }));
  }
  if (figure.open) said.push(t("query.open", { count: figure.open }));
  return said.join(t("query.comma"));
}

interface FigureTextProps {
  figure: Figure;
  /** Which of the numbers: how many, what part, or both. */
  show?: "both" | "count" | "share";
}

/** A figure in a line; its interval, and why it is hidden, are said on demand. */
export function FigureText({ figure, show = "both" }: FigureTextProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (figure.suppressed || figure.count === null)
    return (
      <Tooltip label={t("query.suppressedWhy")} multiline maw={280}>
        <span className={classes.hidden} tabIndex={0}>
          {t("query.suppressed")}
        </span>
      </Tooltip>
    );
  const share = figure.share === null ? "" : format.percent(figure.share);
  const count = format.number(figure.count);
  return (
    <span className={classes.figure} title={figureWords(figure, t, format)}>
      {show !== "share" && <b>{count}</b>}
      {show === "both" && share !== "" && " · "}
      {show !== "count" && (share || (show === "share" ? "–" : ""))}
    </span>
  );
}
