"""The live feed: events as they are stored, read once for all who watch, and none left out unsaid.

Every stored event has a running number: how many were stored up to it. A watcher holds the number
he has seen; between it and what can still be told lies what he is told was skipped.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from time import monotonic

from hamsafar.api.models.pulse import LiveEvent
from hamsafar.api.times import iso
from hamsafar.profiles import Mark, Profiles
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is new to a watcher.

    Attributes:
        events: the wanted ones, in the order they were stored.
        skipped: events, wanted or not, that came before these and can no longer be told.
        number: where the watcher is now.
    """

    events: list[LiveEvent]
    skipped: int
    number: int


class LiveFeed:
    """Asks the profiles for new events at most twice a second, however many watch."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._lock = threading.Lock()
        self._events: deque[tuple[int, LiveEvent]] = deque(maxlen=KEPT)
        self._mark: Mark | None = None
        self._read_at = -FRESH_S

    def since(self, number: int | None, wanted: Wanted) -> Heard:
        """Return what was stored after a running number.

        Args:
            number: where the watcher was; None, or one that was never given: the newest few.
            wanted: which events.
        """
        with self._lock:
            reached = self._refresh()
            known = list(self._events)
        if number is None or number > reached:
            newest = [event for _, event in known if wanted.takes(event)][-FIRST_SHOWN:]
            return Heard(events=newest, skipped=0, number=reached)
        fresh = [event for n, event in known if n > number]
        return Heard(
            events=[event for event in fresh if wanted.takes(event)],
            skipped=reached - number - len(fresh),
            number=reached,
        )

    def _refresh(self) -> int:
        """Read what was stored meanwhile; return the number of the newest event."""
        if self._mark is not None and monotonic() - self._read_at < FRESH_S:
            return self._mark.stored
        last = self._mark
        rows, mark = self._profiles.arrived(last, limit=KEPT)
        labels = self._profiles.labelled(sorted({person for _, person in rows}))
        first = mark.stored - len(rows) + 1
        for number, (event, person) in enumerate(rows, first):
            self._events.append((number, _shown(event, person, labels.get(person, ""))))
        self._mark = mark
        self._read_at = monotonic()
        return mark.stored


def _shown(event: TimelineEvent, person: int, label: str) -> LiveEvent:
    return LiveEvent(
        seq=event.seq,
        id=event.id,
        type=event.type,
        name=event.name,
        channel=event.channel,
        source=event.source_id,
        person=str(person) if person else "",
        person_label=label,
        occurred_at=iso(event.occurred_at),
        received_at=iso(event.received_at),
    )
