"""A bulk lane in memory: the real reader and dedup rules, no database."""

from __future__ import annotations

from collections import Counter

from hamsafar.collect.envelope import unpack
from hamsafar.collect.importing import BulkCounts
from hamsafar.collect.read import Reader, Reading
from hamsafar.collect.types import Bots, Event, Quarantined, SourceInfo


class MemorySink:
    """Implements `BulkSink`; what a worker would do happens in `append`."""

    def __init__(self) -> None:
        self.sources: dict[str, int] = {}
        self.channels: dict[str, str] = {}
        self.events: list[Event] = []
        self.quarantined: list[Quarantined] = []
        self.records: list[tuple[int, int]] = []
        self.stops_after: int | None = None
        self._known: dict[bytes, bytes] = {}
        self._counts: Counter[tuple[int, str]] = Counter()
        self._reader = Reader(self, "IR")

    def find(self, source_id: int) -> SourceInfo | None:
        slug = next(slug for slug, number in self.sources.items() if number == source_id)
        return SourceInfo(
            id=source_id,
            slug=slug,
            channel=self.channels[slug],
            zone="UTC",
            bots=Bots.REJECT,
            internal_networks=(),
        )

    def source(self, slug: str, channel: str) -> int:
        self.channels.setdefault(slug, channel)
        return self.sources.setdefault(slug, len(self.sources) + 1)

    def append(self, blob: bytes, count: int) -> None:
        if self.stops_after is not None and len(self.records) >= self.stops_after:
            raise KeyboardInterrupt
        self.records.append((len(blob), count))
        envelopes = unpack(blob)
        assert sum(envelope.count for envelope in envelopes) == count
        out = Reading(next_seq=len(self.records) << 20)
        for envelope in envelopes:
            self._reader.read_envelope(envelope, out)
        for event in out.events:
            self._take(event)
        for refused in out.quarantined:
            self._counts[refused.source_id, "quarantined"] += 1
        self.quarantined += out.quarantined

    def lag(self) -> int:
        return 0

    def counts(self, source_id: int) -> BulkCounts:
        return BulkCounts(
            stored=self._counts[source_id, "stored"],
            duplicates=self._counts[source_id, "duplicates"],
            quarantined=self._counts[source_id, "quarantined"],
        )

    def _take(self, event: Event) -> None:
        known = self._known.get(event.fingerprint)
        outcome = "stored" if known is None else "duplicates"
        if known is not None and known != event.body:
            outcome = "quarantined"
        self._counts[event.source_id, outcome] += 1
        if outcome == "stored":
            self._known[event.fingerprint] = event.body
            self.events.append(event)
