import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format/use-format";
import { humanise } from "@/shared/i18n/word";
import type { FunnelQuery } from "@/shared/query/types";
import { LinkButton } from "@/shared/ui/link-button";
import { ChannelName } from "@/shared/ui/names";
import { QueryView } from "@/shared/ui/query-view";
import { storyQuery } from "./api";
import classes from "./funnel.module.css";
import type { PersonStory } from "./types";

interface PersonStoryDrawerProps {
  query: FunnelQuery;
  person: string | null;
  onClose: () => void;
}

/** Where one person entered, went on, ran out of time or was excluded: event by event. */
export function PersonStoryDrawer({ query, person, onClose }: PersonStoryDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={person !== null}
      onClose={onClose}
      position="right"
      size={460}
      title={t("funnel.story.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {person !== null && <Told query={query} person={person} />}
    </Drawer>
  );
}

function Told({ query, person }: { query: FunnelQuery; person: string }) {
  const { t } = useTranslation();
  const story = useQuery(storyQuery(query, person));
  return (
    <>
      <LinkButton to="/customers/$person" params={{ person }} size="xs" variant="default" mb="sm">
        {t("funnel.story.whole")}
      </LinkButton>
      <QueryView query={story}>{(data) => <Story story={data} query={query} />}</QueryView>
    </>
  );
}

function useOutcome() {
  const { t, i18n } = useTranslation();
  return (group: "outcomes" | "ends", code: string, values: Record<string, string>) => {
    const key = `funnel.story.${group}.${code}`;
    return i18n.exists(key)
      ? (t as (key: string, values: object) => string)(key, values)
      : humanise(code);
  };
}

function Story({ story, query }: { story: PersonStory; query: FunnelQuery }) {
  const { t } = useTranslation();
  const format = useFormat();
  const outcome = useOutcome();
  const events = story.events.filter((event) => event.outcome !== "filtered");
  const stepName = (step: number | null) => {
    const found = step === null ? undefined : query.steps[step];
    return found ? `\u2068${found.label ?? found.name ?? ""}\u2069` : "";
  };
  return (
    <>
      <ul className={classes.rules}>
        {story.attempts.map((attempt) => (
          <li key={attempt.number}>
            {t("funnel.story.attempt", {
              number: format.number(attempt.number),
              level: format.number(attempt.level),
              of: format.number(query.steps.length),
              at: format.moment(attempt.entered_at),
            })}{" "}
            <strong>{outcome("ends", attempt.ended, {})}</strong>
          </li>
        ))}
      </ul>
      <ol className={classes.story}>
        {events.map((event, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events never move, and two may be alike.
          <Fragment key={at}>
            <li data-outcome={event.outcome}>
              <time dateTime={event.at} className={classes.soft}>
                {format.moment(event.at)}
              </time>
              <span>
                <bdi>{event.name}</bdi> <ChannelName channel={event.channel} />
              </span>
              <span className={classes.outcome}>
                {outcome("outcomes", event.outcome, {
                  step: stepName(event.step),
                  late: format.span(event.values.late_s ?? 0),
                })}
              </span>
            </li>
          </Fragment>
        ))}
      </ol>
    </>
  );
}
