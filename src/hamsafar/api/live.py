"""The live feed: events as they arrive, read once for all who watch."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from time import monotonic

from hamsafar.api.models.pulse import LiveEvent
from hamsafar.api.times import iso
from hamsafar.profiles import Profiles
from hamsafar.profiles.types import TimelineEvent

KEPT = 2_000
"""Events remembered; who was away for longer misses some, and the timeline has them all."""
FRESH_S = 0.5
FIRST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events a watcher wants; empty for all."""

    name: str = ""
    channel: str = ""
    source: int = 0

    def takes(self, event: LiveEvent) -> bool:
        """Return whether an event is wanted."""
        return (
            self.name in {"", event.name}
            and self.channel in {"", event.channel}
            and self.source in {0, event.source}
        )


class LiveFeed:
    """Asks the profiles for new events at most twice a second, however many watch."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._lock = threading.Lock()
        self._events: deque[LiveEvent] = deque(maxlen=KEPT)
        self._seq = 0
        self._read_at = -FRESH_S

    def since(self, seq: int | None, wanted: Wanted) -> tuple[list[LiveEvent], int]:
        """Return the wanted events after `seq` (None: the newest few), and where we are now."""
        with self._lock:
            self._refresh()
            known, reached = list(self._events), self._seq
        if seq is None:
            newest = [event for event in known if wanted.takes(event)][-FIRST_SHOWN:]
            return newest, reached
        return [e for e in known if e.seq > seq and wanted.takes(e)], max(reached, seq)

    def _refresh(self) -> None:
        now = monotonic()
        if now - self._read_at < FRESH_S:
            return
        rows = self._profiles.live(self._seq, limit=KEPT)
        if rows:
            labels = self._profiles.labelled(sorted({person for _, person in rows}))
            self._events.extend(
                _shown(event, person, labels.get(person, "")) for event, person in rows
            )
            self._seq = max(event.seq for event, _ in rows)
        self._read_at = monotonic()


def _shown(event: TimelineEvent, person: int, label: str) -> LiveEvent:
    return LiveEvent(
        seq=event.seq,
        id=event.id,
        type=event.type,
        name=event.name,
        channel=event.channel,
        source=event.source_id,
        person=str(person),
        person_label=label,
        occurred_at=iso(event.occurred_at),
        received_at=iso(event.received_at),
    )
