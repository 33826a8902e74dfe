import { Button, Group, SegmentedControl } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "@/shared/api/types";
import { instants } from "@/shared/format/range";
import { useFormat, useZone } from "@/shared/format/use-format";
import { DateRange } from "@/shared/ui/date-range";
import { Empty } from "@/shared/ui/empty";
import { EventFilters } from "@/shared/ui/event-filters";
import { ProblemNote } from "@/shared/ui/problem-note";
import { Lines } from "@/shared/ui/query-view";
import { choice, one, type UrlSearch } from "@/shared/url/search";
import { useUrl } from "@/shared/url/use-url";
import { type TimelineFilter, timelineQuery } from "./api";
import { groupTimeline } from "./group";
import classes from "./timeline.module.css";
import { TimelineDay } from "./timeline-day";

const ZOOMS = ["events", "days", "months"] as const;
const parse = (search: UrlSearch) => ({
  name: one(search, "name"),
  channel: one(search, "channel"),
  from: one(search, "from"),
  to: one(search, "to"),
  zoom: choice(search, "zoom", ZOOMS),
});

/** Everything a person did, over all channels; from single events out to whole months. */
export function Timeline({ person }: { person: Person }) {
  const { t } = useTranslation();
  const zone = useZone();
  const [url, setUrl] = useUrl(parse);
  const { name, channel, from, to, zoom } = url;
  const filter = useMemo(
    () => ({ name, channel, ...instants({ from, to }, zone) }),
    [name, channel, from, to, zone],
  );
  return (
    <>
      <Group gap="xs" mb="md">
        <EventFilters value={{ name, channel }} onChange={(patch) => setUrl(patch)} />
        <DateRange
          value={{ from, to }}
          onChange={(range) => setUrl({ from: range.from || undefined, to: range.to || undefined })}
        />
        <SegmentedControl
          size="sm"
          ms="auto"
          aria-label={t("customers.timeline.zoom")}
          value={zoom}
          onChange={(next) => setUrl({ zoom: next === "events" ? undefined : next })}
          data={ZOOMS.map((value) => ({ value, label: t(`customers.timeline.${value}`) }))}
        />
      </Group>
      <Days
        person={person}
        filter={filter}
        zoom={zoom}
        onZoomIn={(first, last) => setUrl({ from: first, to: last, zoom: undefined })}
      />
    </>
  );
}

interface DaysProps {
  person: Person;
  filter: TimelineFilter;
  zoom: (typeof ZOOMS)[number];
  onZoomIn: (first: string, last: string) => void;
}

/** Events that came since are fetched when the person's count has grown. */
function useFreshTimeline(person: Person): void {
  const queryClient = useQueryClient();
  const { person: id, events } = person;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a grown count is the signal.
  useEffect(() => {
    void queryClient.invalidateQueries({ queryKey: ["person", id, "timeline"] });
  }, [queryClient, id, events]);
}

function Days({ person, filter, zoom, onZoomIn }: DaysProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const zone = useZone();
  useFreshTimeline(person);
  const timeline = useInfiniteQuery({
    ...timelineQuery(person.person, filter),
    placeholderData: keepPreviousData,
  });
  const groups = useMemo(() => {
    const events = timeline.data?.pages.flatMap((page) => page.items) ?? [];
    return groupTimeline(events, zoom, zone, format.month);
  }, [timeline.data, zoom, zone, format]);
  if (timeline.isError) {
    return <ProblemNote error={timeline.error} retry={() => void timeline.refetch()} />;
  }
  if (!timeline.data) return <Lines count={12} />;
  if (groups.length === 0) {
    return <Empty title={t("customers.timeline.empty")} text={t("customers.timeline.emptyText")} />;
  }
  return (
    <div className={classes.timeline}>
      {groups.map((group) => (
        <TimelineDay key={group.key} group={group} zoom={zoom} onZoomIn={onZoomIn} />
      ))}
      {timeline.hasNextPage && (
        <Button
          variant="default"
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </div>
  );
}
