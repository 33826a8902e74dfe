import { useTranslation } from "react-i18next";
import type { TimelineEvent } from "@/shared/api/types";
import { useWord } from "@/shared/i18n/word";
import { Plain } from "@/shared/ui/names";
import classes from "./timeline.module.css";

const UTM = ["name", "source", "medium", "term", "content"] as const;

interface Fact {
  label: string;
  value: string;
  /** An address: always from left to right. */
  url?: boolean;
}

/** Device, campaign and page of an event, as far as anybody knows them. */
export function Surroundings({ event }: { event: TimelineEvent }) {
  const facts = useFacts(event).filter((fact) => fact.value !== "");
  if (facts.length === 0) return null;
  return (
    <dl className={classes.around}>
      {facts.map(({ label, value, url }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{url ? <bdi dir="ltr">{value}</bdi> : <Plain>{value}</Plain>}</dd>
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
    const parts = [kind, device.model, device.os, device.browser].filter(Boolean);
    facts.push({ label: t("customers.timeline.device"), value: parts.join(" · ") });
  }
  if (campaign) {
    const parts = UTM.filter((part) => campaign[part] !== "").map((part) =>
      part === "name" ? campaign.name : `${t(`customers.timeline.utm.${part}`)}: ${campaign[part]}`,
    );
    facts.push({ label: t("customers.timeline.campaign"), value: parts.join(" · ") });
  }
  if (page) {
    facts.push(
      { label: t("customers.timeline.page"), value: page.title },
      { label: t("customers.timeline.category"), value: page.category },
      { label: t("customers.timeline.address"), value: page.url || page.path, url: true },
      { label: t("customers.timeline.referrer"), value: page.referrer, url: true },
    );
  }
  return facts;
}
