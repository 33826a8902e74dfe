import { UnstyledButton } from "@mantine/core";
import { IconZoomIn } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineEvent } from "@/shared/api/types";
import { useFormat } from "@/shared/format/use-format";
import { Chevron, FactLine } from "@/shared/ui/disclosure";
import { JsonText } from "@/shared/ui/json";
import { ChannelName, IdentifierText, Plain, splitLabel } from "@/shared/ui/names";
import type { TimelineGroup, Zoom } from "./group";
import { Surroundings } from "./surroundings";
import classes from "./timeline.module.css";

interface TimelineDayProps {
  group: TimelineGroup;
  zoom: Zoom;
  onZoomIn: (first: string, last: string) => void;
}

/** One day (or month): its events, or seen from further away how often each thing happened. */
export function TimelineDay({ group, zoom, onZoomIn }: TimelineDayProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const title = zoom === "months" ? format.month(group.at) : format.day(group.at);
  return (
    <section className={classes.group}>
      <header className={classes.groupHead}>
        <h3>{title}</h3>
        <span>{t("customers.timeline.eventCount", { count: group.events.length })}</span>
        {zoom !== "events" && (
          <UnstyledButton
            className={classes.zoomIn}
            onClick={() => onZoomIn(group.first, group.last)}
            aria-label={`${t("customers.timeline.zoomIn")}: ${title}`}
          >
            <IconZoomIn size={16} aria-hidden />
          </UnstyledButton>
        )}
      </header>
      {zoom === "events" ? (
        <ol className={classes.events}>
          {group.events.map((event) => (
            <EventRow key={event.seq} event={event} />
          ))}
        </ol>
      ) : (
        <ul className={classes.counts}>
          {group.counts.map(([name, count]) => (
            <li key={name}>
              <Plain>{name}</Plain> <b>{format.number(count)}</b>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The two or three properties that say most, in one line. */
function gist(event: TimelineEvent): string {
  const properties = Object.values(event.properties ?? event.traits ?? {});
  const plain = properties.filter(
    (value) => typeof value === "string" || typeof value === "number",
  );
  return plain.slice(0, 3).join(" · ");
}

function EventRow({ event }: { event: TimelineEvent }) {
  const format = useFormat();
  const [open, setOpen] = useState(false);
  return (
    <li className={classes.event}>
      <UnstyledButton
        className={classes.eventHead}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <time dateTime={event.occurred_at} className={classes.time}>
          {format.time(event.occurred_at)}
        </time>
        <span className={classes.name}>
          <Plain>{event.name}</Plain>
        </span>
        <span className={classes.gist}>
          <Plain>{gist(event)}</Plain>
        </span>
        <ChannelName channel={event.channel} />
        <Chevron open={open} />
      </UnstyledButton>
      {open && <EventDetail event={event} />}
    </li>
  );
}

function filled(value: TimelineEvent["properties"]): value is Record<string, unknown> {
  return value !== null && value !== undefined && Object.keys(value).length > 0;
}

function EventDetail({ event }: { event: TimelineEvent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    [t("customers.timeline.properties"), event.properties],
    [t("customers.timeline.traits"), event.traits],
    [t("customers.timeline.context"), event.context],
  ] as const;
  return (
    <div className={classes.detail}>
      <FactLine>
        <span>
          {t("customers.timeline.by")} <IdentifierText {...splitLabel(event.identifier)} />
        </span>
        <span>{format.moment(event.occurred_at)}</span>
        <span>
          {t("customers.timeline.received")} {format.moment(event.received_at)}
        </span>
        <bdi dir="ltr">{event.id}</bdi>
      </FactLine>
      <Surroundings event={event} />
      {parts.map(
        ([label, value]) =>
          filled(value) && (
            <div key={label}>
              <h4>{label}</h4>
              <JsonText value={value} label={label} />
            </div>
          ),
      )}
    </div>
  );
}
