import { Button } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "@/shared/prefs/preferences";
import classes from "./auth.module.css";

interface FrameProps {
  title: string;
  lede: ReactNode;
  children: ReactNode;
}

/** The page before the door: one narrow column. */
export function Frame({ title, lede, children }: FrameProps) {
  const { t } = useTranslation();
  const { language, setLanguage } = usePreferences();
  const other = language === "fa" ? "en" : "fa";
  useEffect(() => {
    document.title = `${title} · ${t("shell.brand")}`;
  }, [title, t]);
  return (
    <main className={classes.frame}>
      <header className={classes.brand}>
        <img src="/favicon.svg" alt="" />
        <span>{t("shell.brand")}</span>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          lang={other}
          ms="auto"
          onClick={() => setLanguage(other)}
          aria-label={t("shell.languageLabel")}
        >
          {t("shell.language")}
        </Button>
      </header>
      <div className={classes.sheet}>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.lede}>{lede}</p>
        {children}
      </div>
    </main>
  );
}
