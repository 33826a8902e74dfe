import { useTranslation } from "react-i18next";

/** What a node is called: an event's name, all other events, or the middle that was left out. */
export function useNodeName(): (node: { id: string; name: string }) => string {
  const { t } = useTranslation();
  return ({ id, name }) => {
    if (!/^\d+~/.test(id)) return name;
    return name === "other" ? t("paths.other") : t("paths.middle");
  };
}
