import "@fontsource-variable/vazirmatn/wght.css";
import "@/shared/theme/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startMessages } from "@/shared/i18n";
import { initialLanguage } from "@/shared/prefs/preferences";
import { App } from "./app";

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no #root");
void startMessages(initialLanguage()).then(() =>
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
