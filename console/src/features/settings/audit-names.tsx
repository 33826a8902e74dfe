import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useCallback } from "react";
import { useTranslation } from "react-i18next";
import { sourcesQuery, usersQuery } from "@/shared/api/queries";
import { useAllowed } from "@/shared/api/session";
import type { AuditRow } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { PersonLink, Plain } from "@/shared/ui/names";
import classes from "./settings.module.css";

const SHORT = 8;

/** Who did it when it was no account or token: somebody at the machine itself. */
export function useActor(): (actor: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (actor) => {
      const [kind, name = ""] = actor.split(":");
      if (kind === "local") return t("settings.audit.local", { name });
      return kind === "unknown" ? t("settings.audit.unknown") : actor;
    },
    [t],
  );
}

/** To whom or what it was done, by name where there is one, and a way there. */
export function useSubject(): (row: AuditRow) => ReactNode {
  const word = useWord();
  const sources = useQuery({ ...sourcesQuery, enabled: useAllowed("sources.read") }).data;
  const users = useQuery({ ...usersQuery, enabled: useAllowed("users.edit") }).data;
  return useCallback(
    ({ subject_kind: kind, subject }) => {
      const what = word("subjects", kind);
      if (kind === "person") return <PersonLink person={subject} label={`${what} ${subject}`} />;
      if (kind === "source") {
        const name = sources?.find((one) => String(one.id) === subject)?.name ?? subject;
        return (
          <Link to="/sources/$source" params={{ source: subject }} className={classes.link}>
            {what} <Plain>{name}</Plain>
          </Link>
        );
      }
      const user = users?.find((one) => one.id === subject);
      const short = subject.length > 2 * SHORT ? `${subject.slice(0, SHORT)}…` : subject;
      return (
        <>
          {what} <Plain>{user ? user.name || user.email : short}</Plain>
        </>
      );
    },
    [word, sources, users],
  );
}
