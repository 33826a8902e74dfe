import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/ui/empty";
import { LinkButton } from "@/shared/ui/link-button";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import classes from "./pages.module.css";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className={classes.alone}>
      <Empty title={t("common.missing")} text={t("common.missingText")}>
        <LinkButton to="/" size="sm">
          {t("common.home")}
        </LinkButton>
      </Empty>
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
