import { useTranslation } from "react-i18next";
import { useWord } from "@/shared/i18n/word";
import type { Deviation } from "./types";

/** What a deviation is called: its kind, with the channel where that is what is wrong. */
export function useDeviationName(): (one: Pick<Deviation, "kind" | "channel">) => string {
  const { t } = useTranslation();
  const word = useWord();
  return ({ kind, channel }) => {
    const name = t(`maps.deviationKinds.${kind as "missing"}`);
    return channel === "" ? name : `${name}: ${word("channels", channel)}`;
  };
}
