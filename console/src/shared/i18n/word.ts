import { useTranslation } from "react-i18next";

/** "no_identity" → "No identity": how a code reads when no message names it yet. */
export function humanise(code: string): string {
  const words = code.replace(/[_.-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

type Group =
  | "channels"
  | "devices"
  | "identifiers"
  | "roles"
  | "rolesNote"
  | "reasons"
  | "reasonsFix"
  | "verdicts"
  | "causes"
  | "alerts"
  | "actions"
  | "scopes"
  | "purposes"
  | "subjects"
  | "problems"
  | "currencies";

/** Text for codes that come from the server (channels, reasons, …); unknown ones stay readable. */
export function useWord(): (group: Group, code: string) => string {
  const { t, i18n } = useTranslation();
  return (group, code) => {
    const key = `words.${group}.${code.replaceAll(".", "_")}`;
    return i18n.exists(key) ? (t as (key: string) => string)(key) : humanise(code);
  };
}
