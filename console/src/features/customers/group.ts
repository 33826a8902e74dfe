import type { TimelineEvent } from "@/shared/api/types";
import { dayIn } from "@/shared/format/range";

export type Zoom = "events" | "days" | "months";

/** Events of one day or month, newest first, with how often each thing happened. */
export interface TimelineGroup {
  key: string;
  at: string;
  first: string;
  last: string;
  events: TimelineEvent[];
  counts: [name: string, count: number][];
}

function countNames(events: TimelineEvent[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(event.name, (counts.get(event.name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/**
 * Group a timeline (newest first) by days of the zone, or by months of the reader's calendar;
 * `monthOf` names the month of an instant.
 */
export function groupTimeline(
  events: readonly TimelineEvent[],
  zoom: Zoom,
  zone: string,
  monthOf: (at: string) => string,
): TimelineGroup[] {
  const groups = new Map<string, TimelineEvent[]>();
  for (const event of events) {
    const at = event.occurred_at;
    const key = zoom === "months" ? monthOf(at) : dayIn(at, zone);
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups].map(([key, inside]) => {
    const newest = inside[0]?.occurred_at ?? "";
    return {
      key,
      at: newest,
      first: dayIn(inside.at(-1)?.occurred_at ?? newest, zone),
      last: dayIn(newest, zone),
      events: inside,
      counts: countNames(inside),
    };
  });
}
