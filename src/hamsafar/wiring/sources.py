"""How the river sees the sources and write keys that people manage."""

from __future__ import annotations

import threading

from hamsafar.access import Access
from hamsafar.access.types import Source
from hamsafar.collect.ports import SourceRef
from hamsafar.collect.types import Bots, SourceInfo
from hamsafar.kernel.clock import SECOND_US, Clock

FRESH_US = SECOND_US
"""A changed source is seen at most this much later."""


class SourceBook:
    """All sources by number, read again every second while somebody asks."""

    def __init__(self, access: Access, clock: Clock) -> None:
        self._access = access
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[int, SourceInfo] = {}
        self._read_at = -FRESH_US

    def find(self, source_id: int) -> SourceInfo | None:
        """Return a source by its number, archived ones too, or None."""
        now = self._clock.now_us()
        if now - self._read_at >= FRESH_US:
            with self._lock:
                self._known = {int(s.id): _info(s) for s in self._access.sources.all()}
                self._read_at = now
        return self._known.get(source_id)


class WriteKeyRing:
    """The key ring of collection: which source a write key appends to."""

    def __init__(self, access: Access, book: SourceBook) -> None:
        self._access = access
        self._book = book

    def find(self, write_key: str) -> SourceRef | None:
        """Return the source of a write key that is valid now, else None."""
        source_id = self._access.write_keys.find(write_key)
        if source_id is None:
            return None
        source = self._book.find(int(source_id))
        if source is None:
            return None
        return SourceRef(
            source_id=source.id, key_id=f"{source.id}:{write_key[:8]}", channel=source.channel
        )


def _info(source: Source) -> SourceInfo:
    return SourceInfo(
        id=int(source.id),
        slug=source.slug,
        channel=source.channel,
        zone=source.zone,
        bots=Bots(source.bots),
        internal_networks=source.internal_networks,
    )
