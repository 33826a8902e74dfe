import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";
import { fa } from "./fa";

export type Language = "fa" | "en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

/** Start the messages. Numbers inside messages take the digits of the language. */
export async function startMessages(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en }, fa: { translation: fa } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
}
