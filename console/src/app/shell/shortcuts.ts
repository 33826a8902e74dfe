import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { openSpotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { usePreferences } from "@/shared/prefs/preferences";
import { PLACES } from "./places";

const SEQUENCE_MS = 1200;

/** A key with a modifier belongs to the browser, and one pressed in a field to the field. */
function isOurs({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return false;
  if (!(target instanceof HTMLElement)) return true;
  return !target.isContentEditable && !["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/**
 * The letter of a key by its place on the keyboard, so that `g c` works while the keyboard types
 * Persian; `?` is Shift and `/`.
 */
export function keyOf(event: Pick<KeyboardEvent, "code" | "key" | "shiftKey">): string {
  if (event.key === "?" || event.key === "؟") return "?";
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
}

/** `g` and a letter goes to a page, `/` searches, `?` helps, `d` and `e` turn colours and language. */
export function useShortcuts(openHelp: () => void): void {
  const navigate = useNavigate();
  const { language, setLanguage } = usePreferences();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const goPressedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const single: Record<string, () => void> = {
      "/": openSpotlight,
      "?": openHelp,
      d: () => setColorScheme(scheme === "dark" ? "light" : "dark"),
      e: () => setLanguage(language === "fa" ? "en" : "fa"),
    };
    const meaning = (key: string, going: boolean) => {
      if (!going) return single[key];
      const place = PLACES.find((one) => one.key === key);
      return place && (() => void navigate({ to: place.to }));
    };
    const onKey = (event: KeyboardEvent) => {
      if (!isOurs(event)) return;
      const key = keyOf(event);
      const act = meaning(key, event.timeStamp - goPressedAt.current < SEQUENCE_MS);
      goPressedAt.current = key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate, openHelp, language, setLanguage, scheme, setColorScheme]);
}
