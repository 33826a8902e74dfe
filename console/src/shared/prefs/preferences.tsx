import i18next from "i18next";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { Calendar } from "../format/format";
import type { Language } from "../i18n";
import { keep, read } from "./stored";

interface Preferences {
  language: Language;
  calendar: Calendar;
  setLanguage: (language: Language) => void;
  setCalendar: (calendar: Calendar) => void;
}

const Context = createContext<Preferences | null>(null);

/** Language of this browser: what was chosen before, else its own. */
export function initialLanguage(): Language {
  const stored = read("language");
  if (stored === "fa" || stored === "en") return stored;
  return navigator.language.startsWith("fa") ? "fa" : "en";
}

function initialCalendar(): Calendar | null {
  const stored = read("calendar");
  return stored === "persian" || stored === "gregory" ? stored : null;
}

/** Language and calendar. Without a choice the calendar follows the language. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguageState] = useState(initialLanguage);
  const [chosen, setChosen] = useState(initialCalendar);
  const setLanguage = useCallback((next: Language) => {
    keep("language", next);
    document.documentElement.lang = next;
    void i18next.changeLanguage(next);
    setLanguageState(next);
  }, []);
  const setCalendar = useCallback((next: Calendar) => {
    keep("calendar", next);
    setChosen(next);
  }, []);
  const calendar = chosen ?? (language === "fa" ? "persian" : "gregory");
  const value = useMemo(
    () => ({ language, calendar, setLanguage, setCalendar }),
    [language, calendar, setLanguage, setCalendar],
  );
  return <Context value={value}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (preferences === null) throw new Error("PreferencesProvider is missing");
  return preferences;
}
