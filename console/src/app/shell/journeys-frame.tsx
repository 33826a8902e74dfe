import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { scopeOnly } from "@/shared/query/scope";
import type { UrlSearch } from "@/shared/url/search";
import classes from "./journeys-frame.module.css";
import { JOURNEY_TABS } from "./places";

/** The pages of Journeys under one bar; who and when stay the same from tab to tab. */
export function JourneysFrame() {
  const { t } = useTranslation();
  return (
    <>
      <nav className={classes.tabs} aria-label={t("shell.tabsLabel")}>
        {JOURNEY_TABS.map(({ id, to }) => (
          <Link
            key={id}
            to={to}
            className={classes.tab}
            search={(now: UrlSearch) => scopeOnly(now)}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {t(`shell.tabs.${id}`)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
