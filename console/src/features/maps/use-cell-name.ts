import { useTranslation } from "react-i18next";
import { useDeviationName } from "./deviation-name";
import { touchpointsOf } from "./tree";
import { type MapBody, PARTIES } from "./types";
import { useWords } from "./use-words";

/** What a cell counts, as the title of its list of people. */
export function useCellName(body: MapBody): (cell: string) => string {
  const { t } = useTranslation();
  const words = useWords();
  const deviation = useDeviationName();
  const cards = touchpointsOf(body);
  return (cell) => {
    if (cell.startsWith("time:")) {
      const last = cell.split(":").at(-1) ?? "";
      const party = PARTIES.find((one) => one === last);
      return party
        ? t("maps.waitedFor", { party: t(`maps.parties.${party}`) })
        : t("maps.views.ledger");
    }
    const [kind = "", id = "", channel = ""] = cell.split(":");
    const card = cards.find((one) => one.id === id);
    const stage = body.stages.find((one) => one.id === id);
    const place = card ? words(card.label, id) : words(stage?.label, id);
    switch (kind) {
      case "everyone":
        return t("maps.people");
      case "fitting":
        return t("maps.fitting");
      case "goal":
        return t("maps.reached");
      case "reached":
      case "stage":
        return t("maps.came", { place });
      case "waiting":
        return t("maps.waiting", { place });
      default:
        return `${place || t("maps.nowhere")}: ${deviation({ kind, channel })}`;
    }
  };
}
