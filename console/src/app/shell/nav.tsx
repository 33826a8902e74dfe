import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/api/session";
import { GROUPS, PLACES } from "./places";
import classes from "./shell.module.css";

/** The pages this role may see, in groups. */
export function Nav({ onGo }: { onGo: () => void }) {
  const { t } = useTranslation();
  const permissions = useMe()?.permissions ?? [];
  const places = PLACES.filter((place) => permissions.includes(place.needs));
  return GROUPS.map((group) => {
    const here = places.filter((place) => place.group === group);
    if (here.length === 0) return null;
    return (
      <div key={group}>
        <p className={classes.group}>{t(`shell.groups.${group}`)}</p>
        {here.map(({ id, to, icon: Icon }) => (
          <Link
            key={id}
            to={to}
            className={classes.link}
            activeOptions={{ exact: to === "/", includeSearch: false }}
            onClick={onGo}
          >
            <Icon size={19} stroke={1.6} aria-hidden />
            {t(`shell.nav.${id}`)}
          </Link>
        ))}
      </div>
    );
  });
}
