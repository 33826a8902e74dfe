import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineEvent } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { Plain } from "@/shared/ui/names";
import classes from "./timeline.module.css";

const UTM = ["source", "medium", "term", "content"] as const;

/** Text that keeps its own direction inside a line of another. */
const isolated = (text: string) => `\u2068${text}\u2069`;

interface Fact {
  label: string;
  /** Each keeps its own direction. */
  values: string[];
  /** An address: always from left to right. */
  url?: boolean;
}

/** Device, campaign and page of an event, as far as anybody knows them. */
export function Surroundings({ event }: { event: TimelineEvent }) {
  const facts = useFacts(event)
    .map((fact) => ({ ...fact, values: [...new Set(fact.values)].filter(Boolean) }))
    .filter((fact) => fact.values.length > 0);
  if (facts.length === 0) return null;
  return (
    <dl className={classes.around}>
      {facts.map(({ label, values, url }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {values.map((value, at) => (
              <Fragment key={value}>
                {at > 0 && " · "}
                {url ? <bdi dir="ltr">{value}</bdi> : <Plain>{value}</Plain>}
              </Fragment>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function useFacts({ device, campaign, page }: TimelineEvent): Fact[] {
  const { t } = useTranslation();
  const word = useWord();
  const facts: Fact[] = [];
  if (device) {
    const kind = device.kind && word("devices", device.kind);
    const values = [kind, device.model, device.os, device.browser];
    facts.push({ label: t("customers.timeline.device"), values });
  }
  if (campaign) {
    const named = UTM.filter((part) => campaign[part] !== "").map(
      (part) => `${t(`customers.timeline.utm.${part}`)}: ${isolated(campaign[part])}`,
    );
    facts.push({ label: t("customers.timeline.campaign"), values: [campaign.name, ...named] });
  }
  if (page) {
    facts.push(
      { label: t("customers.timeline.page"), values: [page.title] },
      { label: t("customers.timeline.category"), values: [page.category] },
      { label: t("customers.timeline.address"), values: [page.url || page.path], url: true },
      { label: t("customers.timeline.referrer"), values: [page.referrer], url: true },
    );
  }
  return facts;
}
