import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import board from "./board.module.css";
import { useBoard } from "./board-context";
import { useDeviationName } from "./deviation-name";
import type { Touchpoint } from "./types";

const SHOWN = 3;

/** What really happens at a touchpoint: who came, how long they wait, what differs. */
export function CardActual({ touchpoint }: { touchpoint: Touchpoint }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useDeviationName();
  const { actual, onPeople } = useBoard();
  const card = actual?.cards.find((one) => one.touchpoint === touchpoint.id);
  if (card === undefined) return null;
  const deviations = (actual?.deviations ?? []).filter(
    (one) => one.touchpoint === touchpoint.id && !one.allowed,
  );
  const share = card.people.share ?? 0;
  return (
    <div className={board.actual}>
      <button
        type="button"
        className={board.came}
        data-press
        disabled={card.people.cell === null}
        onClick={() => onPeople(card.people.cell ?? "")}
      >
        <b>{card.people.count === null ? "–" : format.number(card.people.count)}</b>
        <span>{card.people.share === null ? "" : format.percent(card.people.share)}</span>
        <i aria-hidden style={{ inlineSize: `${100 * share}%` }} />
      </button>
      {card.wait_median_s !== null && (
        <p className={board.wait}>
          {t("maps.wait", {
            median: format.span(card.wait_median_s),
            p95: format.span(card.wait_p95_s ?? card.wait_median_s),
          })}
        </p>
      )}
      {deviations.length > 0 && (
        <ul className={board.chips}>
          {deviations.slice(0, SHOWN).map((one) => (
            <li key={one.key}>
              <button
                type="button"
                className={board.chip}
                data-kind={one.kind}
                onClick={() => onPeople(one.key)}
              >
                {name(one)}{" "}
                <b>{one.people.count === null ? "–" : format.number(one.people.count)}</b>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
