import { useMemo } from "react";
import { useMe } from "../api/session";
import { usePreferences } from "../prefs/preferences";
import { type Format, makeFormat } from "./format";

const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The workspace's zone; before sign-in the browser's. */
export function useZone(): string {
  return useMe()?.workspace.zone ?? LOCAL_ZONE;
}

export function useFormat(): Format {
  const { language, calendar } = usePreferences();
  const zone = useZone();
  return useMemo(() => makeFormat({ language, calendar, zone }), [language, calendar, zone]);
}
