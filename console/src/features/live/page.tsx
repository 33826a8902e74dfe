import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { CLIENT_EXAMPLE } from "@/shared/ui/commands";
import { Empty } from "@/shared/ui/empty";
import { EventFilters } from "@/shared/ui/event-filters";
import { ChannelName, PersonLink, Plain } from "@/shared/ui/names";
import { Page } from "@/shared/ui/page";
import { one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import classes from "./live.module.css";
import { countBefore, type LiveEvent, type LiveLine, useLive } from "./stream";

const parse = (search: UrlSearch) => ({
  name: one(search, "name"),
  channel: one(search, "channel"),
  source: one(search, "source"),
});

/** Events as they arrive; a pause holds the page still and counts what waits. */
export function LivePage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useUrl(parse);
  const { lines, connected } = useLive(filter);
  const [held, setHeld] = useState<LiveLine[] | null>(null);
  const shown = held ?? lines;
  const waiting = held === null ? 0 : countBefore(lines, held[0]);
  return (
    <Page
      title={t("live.title")}
      lede={
        <span className={classes.state} data-on={connected}>
          {connected ? t("live.connected") : t("live.connecting")}
        </span>
      }
      actions={
        <>
          {waiting > 0 && <span role="status">{t("live.waiting", { count: waiting })}</span>}
          <Button
            variant={held ? "filled" : "default"}
            size="sm"
            leftSection={
              held ? <IconPlayerPlay size={17} className="mirror" /> : <IconPlayerPause size={17} />
            }
            onClick={() => setHeld(held ? null : lines)}
          >
            {held ? t("live.resume") : t("live.pause")}
          </Button>
        </>
      }
    >
      <EventFilters value={filter} onChange={(patch) => setFilter(patch, { replace: true })} />
      {shown.length === 0 ? (
        <Empty title={t("live.empty")} text={t("live.emptyText")} command={CLIENT_EXAMPLE} />
      ) : (
        <Feed lines={shown} />
      )}
    </Page>
  );
}

function Feed({ lines }: { lines: LiveLine[] }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.feed}>
      {lines.map((line) =>
        line.event ? (
          <EventLine key={line.key} event={line.event} />
        ) : (
          <li key={line.key} className={classes.gap}>
            {t("live.skipped", { count: line.skipped })}
          </li>
        ),
      )}
    </ol>
  );
}

function EventLine({ event }: { event: LiveEvent }) {
  const format = useFormat();
  return (
    <li className={classes.row}>
      <time
        className={classes.time}
        dateTime={event.received_at}
        title={format.moment(event.received_at)}
      >
        {format.clock(event.received_at)}
      </time>
      <span className={classes.name}>
        <Plain>{event.name}</Plain>
      </span>
      <span className={classes.person}>
        {event.person && <PersonLink person={event.person} label={event.person_label} />}
      </span>
      <ChannelName channel={event.channel} />
    </li>
  );
}
