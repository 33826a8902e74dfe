"""The history as journeys see it: segments and recent events of one moment, each once."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Protocol

from hamsafar.identity import IdentityService
from hamsafar.journeys import Snapshot, Stamp
from hamsafar.kernel.errors import Retriable
from hamsafar.profiles import Catalogue
from hamsafar.storage import RecentReader, block_keys, join
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Columns, HistoryStats, IdentityView, SortedChunk

TRIES = 3
READ_WITHIN_S = 10.0
"""`scan` must be told of waiting events at most 15 seconds after they were read."""
AGAIN = timedelta(seconds=5)


class History(Protocol):
    """What the journal needs of the event store."""

    def scan(self, view: IdentityView, recent: Columns | None = None) -> list[SortedChunk]:
        """Return all history (and `recent`) as sorted chunks."""
        ...

    def stats(self) -> HistoryStats:
        """Return how large the history is, and its manifest version."""
        ...


class StoreJournal:
    """Reads what waits for history, then history."""

    def __init__(self, database: Database, store: History, identity: IdentityService) -> None:
        self._database = database
        self._store = store
        self._identity = identity
        self._catalogue = Catalogue()
        self._recent = RecentReader()
        self._view: IdentityView | None = None

    def stamp(self) -> Stamp:
        """Return which state the history is in."""
        with self._database.read() as tx:
            keys = block_keys(tx)
        self._view = self._identity.view(self._view)
        newest = max((written for _, written, _ in keys), default=0)
        return Stamp(
            manifest=self._store.stats().version, identity=self._view.version, recent=newest
        )

    def snapshot(self) -> Snapshot:
        """Return the history with the names of its codes, and the stamp it has at least.

        What waits is read first, so nothing is missed. A flush since then moved all of it into
        history, where `scan` counts it once; so what is seen is all events up to one moment,
        however often the manifest changes meanwhile. The stamp is read before everything: at
        worst it makes the next look read again.

        Raises:
            Retriable: the machine is so busy that what was read is too old to be counted rightly.
        """
        for _ in range(TRIES):
            began = time.monotonic()
            manifest = self._store.stats().version
            with self._database.read() as tx:
                blocks = self._recent.read(tx)
                keys = block_keys(tx)
            view = self._view = self._identity.view(self._view)
            if time.monotonic() - began <= READ_WITHIN_S:
                break
        else:
            raise Retriable("the machine is too busy to read the history", after=AGAIN)
        chunks = self._store.scan(view, join(blocks) if blocks else None)
        with self._database.read() as tx:
            names, channels = self._catalogue.names(tx), self._catalogue.channels(tx)
        newest = max((written for _, written, _ in keys), default=0)
        stamp = Stamp(manifest=manifest, identity=view.version, recent=newest)
        return Snapshot(
            stamp=stamp, chunks=chunks, names=_by_code(names), channels=_by_code(channels)
        )


def _by_code(names: dict[int, str]) -> list[str]:
    return [names.get(code, "") for code in range(max(names, default=0) + 1)]
