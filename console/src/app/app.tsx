import {
  DirectionProvider,
  localStorageColorSchemeManager,
  MantineProvider,
  useDirection,
} from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { localeTag } from "@/shared/format/format";
import { PreferencesProvider, usePreferences } from "@/shared/prefs/preferences";
import { theme } from "@/shared/theme/theme";
import { queryClient, router } from "./router";

const schemes = localStorageColorSchemeManager({ key: "hamsafar.scheme" });

/** Dates and the direction of reading follow the language. */
function Locale({ children }: { children: ReactNode }) {
  const { language, calendar } = usePreferences();
  const { setDirection } = useDirection();
  useEffect(() => setDirection(language === "fa" ? "rtl" : "ltr"), [language, setDirection]);
  return <I18nProvider locale={localeTag(language, calendar)}>{children}</I18nProvider>;
}

export function App() {
  return (
    <PreferencesProvider>
      <DirectionProvider>
        <MantineProvider theme={theme} colorSchemeManager={schemes} defaultColorScheme="auto">
          <Locale>
            <QueryClientProvider client={queryClient}>
              <Notifications position="bottom-center" autoClose={5000} />
              <RouterProvider router={router} />
            </QueryClientProvider>
          </Locale>
        </MantineProvider>
      </DirectionProvider>
    </PreferencesProvider>
  );
}
