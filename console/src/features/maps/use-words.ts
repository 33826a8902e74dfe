import { usePreferences } from "@/shared/prefs/preferences";
import type { Words } from "./types";

/** Words of a map in the language of the reader; where it lacks them, in the other. */
export function useWords(): (words: Words | undefined, fallback?: string) => string {
  const { language } = usePreferences();
  return (words, fallback = "") => {
    const other = language === "fa" ? words?.en : words?.fa;
    return (language === "fa" ? words?.fa : words?.en) || other || fallback;
  };
}
