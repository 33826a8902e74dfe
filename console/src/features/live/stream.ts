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

const KEPT = 400;

/** Newest first, nothing twice (a reconnect may repeat), and no more than can be read. */
export function prepend(old: LiveEvent[], fresh: LiveEvent[]): LiveEvent[] {
  const newest = old[0]?.seq ?? -1;
  const added = fresh.filter((event) => event.seq > newest).sort((a, b) => b.seq - a.seq);
  return added.length === 0 ? old : [...added, ...old].slice(0, KEPT);
}

/** Listen to the server; the browser reconnects by itself and resumes after the last id. */
export function useLive({ name, channel, source }: LiveFilter): {
  events: LiveEvent[];
  connected: boolean;
} {
  const [events, setEvents] = useState<LiveEvent[]>([]);
  const [connected, setConnected] = useState(false);
  useEffect(() => {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries({ name, channel, source })) {
      if (value !== "") query.set(key, value);
    }
    const stream = new EventSource(`/api/live?${query}`);
    setEvents([]);
    stream.onopen = () => setConnected(true);
    stream.onerror = () => setConnected(false);
    stream.addEventListener("events", (message: MessageEvent<string>) => {
      const fresh = JSON.parse(message.data) as LiveEvent[];
      setEvents((old) => prepend(old, fresh));
    });
    return () => stream.close();
  }, [name, channel, source]);
  return { events, connected };
}
