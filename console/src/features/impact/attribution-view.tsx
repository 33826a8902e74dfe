import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { FigureText } from "@/shared/query/figure-text";
import type { Figure } from "@/shared/query/types";
import { Empty } from "@/shared/ui/empty";
import { Section } from "@/shared/ui/page";
import { round } from "./forest";
import classes from "./impact.module.css";
import type { AttributionResult } from "./types";

interface AttributionViewProps {
  result: AttributionResult;
  /** Touches are channels, whose codes have names. */
  isChannel: boolean;
  onOpen: (cell: string | null) => void;
}

type Credit = AttributionResult["models"][number]["rows"][number];

/** To which touches conversions are owed, model beside model. */
export function AttributionView({ result, isChannel, onOpen }: AttributionViewProps) {
  const { t } = useTranslation();
  const word = useWord();
  const most = Math.max(
    1,
    ...result.models.flatMap((model) => model.rows.map((row) => row.high ?? row.conversions ?? 0)),
  );
  if (result.touches.length === 0)
    return <Empty title={t("impact.noTouches")} text={t("impact.noTouchesText")} />;
  return (
    <>
      <Basis result={result} onOpen={onOpen} />
      <Section title={t("impact.credits")} note={t("impact.creditsNote")}>
        <section className={classes.scroll} tabIndex={0} aria-label={t("impact.credits")}>
          <table className={classes.models}>
            <thead>
              <tr>
                <th scope="col">{t("impact.touch")}</th>
                {result.models.map((model) => (
                  <th key={model.model} scope="col" title={t(`impact.modelNotes.${model.model}`)}>
                    {t(`impact.models.${model.model}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {result.touches.map((touch, place) => (
                <tr key={touch.touch}>
                  <th scope="row">
                    <UnstyledButton
                      className={classes.link}
                      onClick={() => onOpen(touch.converted.cell)}
                    >
                      <bdi>{isChannel ? word("channels", touch.touch) : touch.touch}</bdi>
                    </UnstyledButton>
                    <br />
                    <span className={classes.soft}>
                      <Press figure={touch.converted} text="impact.met" onOpen={onOpen} />
                      {" · "}
                      <Press figure={touch.null} text="impact.metNull" onOpen={onOpen} />
                    </span>
                  </th>
                  {result.models.map((model) => (
                    <td key={model.model}>
                      <CreditBar credit={model.rows[place]} most={most} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <ul className={classes.soft}>
          {result.models.map(({ model }) => (
            <li key={model}>
              <b>{t(`impact.models.${model}`)}</b>: {t(`impact.modelNotes.${model}`)}
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

interface PressProps {
  figure: Figure;
  text: "impact.met" | "impact.metNull";
  onOpen: AttributionViewProps["onOpen"];
}

function Press({ figure, text, onOpen }: PressProps) {
  const { t } = useTranslation();
  if (figure.count === null) return <>{t("query.suppressed")}</>;
  const words = t(text, { count: figure.count });
  if (figure.cell === null) return <>{words}</>;
  return (
    <UnstyledButton className={classes.soft} onClick={() => onOpen(figure.cell)}>
      {words}
    </UnstyledButton>
  );
}

function CreditBar({ credit, most }: { credit: Credit | undefined; most: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (credit === undefined || credit.conversions === null) return <>{t("query.suppressed")}</>;
  const { conversions, low, high, share } = credit;
  const at = (x: number) => `${(100 * x) / most}%`;
  const within =
    low === null || high === null
      ? ""
      : t("impact.within", { low: format.number(round(low)), high: format.number(round(high)) });
  return (
    <span title={within}>
      {format.number(round(conversions))}{" "}
      <span className={classes.soft}>{share === null ? "" : format.percent(share)}</span>
      <span className={classes.credit} role="img" aria-label={within}>
        <i style={{ inlineSize: at(conversions) }} />
        {low !== null && high !== null && (
          <u style={{ insetInlineStart: at(low), inlineSize: at(high - low) }} />
        )}
      </span>
    </span>
  );
}

/** What was shared out, and what had to be left aside. */
function Basis({ result, onOpen }: Pick<AttributionViewProps, "result" | "onOpen">) {
  const { t } = useTranslation();
  const rows = [
    ["conversions", result.conversions],
    ["untouched", result.untouched],
    ["nulls", result.nulls],
  ] as const;
  return (
    <div className={classes.basis}>
      <p>
        {rows.map(([key, figure]) => (
          <span key={key}>
            {t(`impact.${key}`)}{" "}
            <button type="button" className={classes.link} onClick={() => onOpen(figure.cell)}>
              <FigureText figure={figure} show="count" />
            </button>
            {" · "}
          </span>
        ))}
        {t("impact.openPaths", { count: result.open ?? 0 })}
      </p>
      <p className={classes.observational}>
        {t("impact.loops", { repeats: result.self_loops, loops: result.loops })}{" "}
        {t(result.is_collapsed ? "impact.collapsed" : "impact.kept")} {t("impact.attributionWhy")}
      </p>
    </div>
  );
}
