import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { openSpotlight } from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { usePreferences } from "@/shared/prefs/preferences";
import { PLACES } from "./places";

const SEQUENCE_MS = 1200;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
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
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const key = keyOf(event);
      const going = event.timeStamp - goPressedAt.current < SEQUENCE_MS;
      goPressedAt.current = key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const place = going ? PLACES.find((one) => one.key === key) : undefined;
      const act = place ? () => void navigate({ to: place.to }) : going ? undefined : single[key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate, openHelp, language, setLanguage, scheme, setColorScheme]);
}
