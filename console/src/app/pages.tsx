import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LinkButton } from "@/shared/ui/link-button";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import classes from "./pages.module.css";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className={classes.alone}>
      <h1 className={classes.title}>{t("common.missing")}</h1>
      <p>{t("common.missingText")}</p>
      <LinkButton to="/" size="sm">
        {t("common.home")}
      </LinkButton>
    </main>
  );
}

export function Failed({ error, reset }: ErrorComponentProps) {
  return (
    <main className={classes.alone}>
      <ProblemNote error={error} retry={reset} />
    </main>
  );
}

export function Pending() {
  return (
    <div className={classes.alone}>
      <Lines />
    </div>
  );
}
