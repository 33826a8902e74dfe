import { useEffect, useState } from "react";

/** An event as the live stream tells it; streams are not part of the OpenAPI document. */
export interface LiveEvent {
  seq: number;
  name: string;
  channel: string;
  person: string;
  person_label: string;
  received_at: string;
}

export interface LiveFilter {
  name: string;
  channel: string;
  source: string;
}

/** A line of the page: an event, or how many came at that place that could not be told. */
export type LiveLine =
  | { key: string; event: LiveEvent }
  | { key: string; event: null; skipped: number };

const KEPT = 400;

/**
 * Newest first, in the order the server stored them (neither seq nor time is that order), nothing
 * twice (a reconnect may repeat), and no more than can be read.
 */
export function prepend(old: LiveLine[], fresh: LiveEvent[]): LiveLine[] {
  const known = new Set(old.map((line) => line.key));
  const added = fresh
    .map((event) => ({ key: String(event.seq), event }))
    .filter((line) => !known.has(line.key));
  return added.length === 0 ? old : [...added.reverse(), ...old].slice(0, KEPT);
}

/** The same with a note that events were skipped; two in a row become one. */
export function prependSkipped(old: LiveLine[], count: number, key: string): LiveLine[] {
  const [first, ...rest] = old;
  if (first?.event === null) return [{ ...first, skipped: first.skipped + count }, ...rest];
  return [{ key, event: null, skipped: count }, ...old].slice(0, KEPT);
}

/** How many events, told or skipped, stand before a line; all of them where it is gone. */
export function countBefore(lines: LiveLine[], line: LiveLine | undefined): number {
  const at = line ? lines.findIndex((one) => one.key === line.key) : lines.length;
  const before = at < 0 ? lines : lines.slice(0, at);
  return before.reduce((sum, one) => sum + (one.event ? 1 : one.skipped), 0);
}

/** Listen to the server; the browser reconnects by itself and resumes after the last id. */
export function useLive({ name, channel, source }: LiveFilter): {
  lines: LiveLine[];
  connected: boolean;
} {
  const [lines, setLines] = useState<LiveLine[]>([]);
  const [connected, setConnected] = useState(false);
  useEffect(() => {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries({ name, channel, source })) {
      if (value !== "") query.set(key, value);
    }
    const stream = new EventSource(`/api/live?${query}`);
    let gaps = 0;
    setLines([]);
    stream.onopen = () => setConnected(true);
    stream.onerror = () => setConnected(false);
    stream.addEventListener("events", (message: MessageEvent<string>) => {
      const fresh = JSON.parse(message.data) as LiveEvent[];
      setLines((old) => prepend(old, fresh));
    });
    stream.addEventListener("skipped", (message: MessageEvent<string>) => {
      const { count } = JSON.parse(message.data) as { count: number };
      const key = `gap-${gaps++}`;
      setLines((old) => prependSkipped(old, count, key));
    });
    return () => stream.close();
  }, [name, channel, source]);
  return { lines, connected };
}
