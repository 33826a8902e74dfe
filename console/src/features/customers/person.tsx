import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Person } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { useNow } from "@/shared/prefs/use-now";
import { BackLink } from "@/shared/ui/back-link";
import { Figure, Figures } from "@/shared/ui/figure";
import { IdentifierText, usePersonName } from "@/shared/ui/names";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { choice, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import { Activity } from "./activity";
import { personQuery } from "./api";
import classes from "./customers.module.css";
import { Erase } from "./erase";
import { Identities } from "./identities";
import { Timeline } from "./timeline";
import { Traits } from "./traits";

const TABS = ["timeline", "traits", "identities", "activity"] as const;
const parse = (search: UrlSearch) => ({ tab: choice(search, "tab", TABS) });
const IDENTIFIERS_SHOWN = 4;

/** One person's whole story. */
export function PersonPage() {
  const { t } = useTranslation();
  const { person = "" } = useParams({ strict: false });
  const query = useQuery(personQuery(person));
  return (
    <div>
      <BackLink to="/customers" label={t("customers.back")} />
      <QueryView query={query}>{(data) => <Story key={data.person} person={data} />}</QueryView>
    </div>
  );
}

function Story({ person }: { person: Person }) {
  const { t } = useTranslation();
  const personName = usePersonName();
  const [{ tab }, setUrl] = useUrl(parse);
  return (
    <Page
      title={personName(person.label)}
      lede={
        <span className={classes.identifierLine}>
          {person.identifiers.slice(0, IDENTIFIERS_SHOWN).map((id) => (
            <IdentifierText key={id.node} kind={id.kind} value={id.value} short />
          ))}
        </span>
      }
      actions={<Erase person={person.person} />}
    >
      <Summary person={person} />
      <Tabs
        value={tab}
        onChange={(next) => setUrl({ tab: next === "timeline" ? undefined : (next ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`customers.tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="timeline">
          <Timeline person={person} />
        </Tabs.Panel>
        <Tabs.Panel value="traits">
          <Traits person={person} />
        </Tabs.Panel>
        <Tabs.Panel value="identities">
          <Identities person={person.person} />
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <Activity person={person} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Summary({ person }: { person: Person }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const seen = (at: string | null | undefined) => (at ? format.ago(at, now) : t("common.never"));
  const date = (at: string | null | undefined) => (at ? format.date(at) : "");
  const here = `/customers/${person.person}`;
  return (
    <Figures>
      <Figure
        label={t("customers.lastSeen")}
        value={seen(person.last_seen_at)}
        note={date(person.last_seen_at)}
      />
      <Figure
        label={t("customers.firstSeen")}
        value={seen(person.first_seen_at)}
        note={date(person.first_seen_at)}
      />
      <Figure
        label={t("customers.events")}
        value={format.number(person.events)}
        to={here}
        search={{ tab: "activity" }}
      />
      <Figure
        label={t("customers.identifiers")}
        value={format.number(person.identifiers.length)}
        to={here}
        search={{ tab: "identities" }}
      />
    </Figures>
  );
}
