"""What the pipeline stored since one last looked: everything once, in the order it was stored.

Neither seq nor time tells what is new: lanes overtake each other, and a replay keeps its place.
A stored event is in a block of `recent` or, once flushed, in a flush of the history; both are
remembered. The running number of an event is how many were stored up to it, so that what could not
be told is counted too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hamsafar.profiles.store import STORED
from hamsafar.storage import BlockKey, RecentReader, join, take
from hamsafar.storage.ports import Database, EventStore
from hamsafar.storage.types import I64, Columns

TRIES = 20
FURTHEST = 64
"""A look goes back at most so many versions of the manifest; what is older is only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far one has looked.

    Attributes:
        stored: events ever stored.
        version: of the manifest.
        blocks: what history does not cover, oldest first.
    """

    stored: int
    version: int
    blocks: Mapping[BlockKey, Columns] = field(repr=False)

    def seqs(self) -> I64:
        """Return the seqs of all events not in the history."""
        return np.concatenate([np.empty(0, np.int64), *(b.seq for b in self.blocks.values())])


class Arrivals:
    """Looks at what is stored. Safe between threads; a mark belongs to who holds it."""

    def __init__(self, database: Database, store: EventStore) -> None:
        self._database = database
        self._store = store
        self._recent = RecentReader()

    def mark(self) -> Mark:
        """Return how far everything is, as of one moment."""
        for _ in range(TRIES):
            version = self._store.stats().version
            with self._database.read() as tx:
                blocks = self._recent.blocks(tx)
                stored = int(str(tx.rows(STORED)[0][0]))
            # A flush between the two reads would hide its events from both.
            if self._store.stats().version == version:
                break
        return Mark(stored=stored, version=version, blocks=blocks)

    def since(self, last: Mark | None, *, limit: int) -> tuple[Columns, Mark]:
        """Return the newest `limit` events stored since a mark, oldest first, and the new mark.

        Args:
            last: None for a first look.
            limit: `mark.stored - last.stored` tells how many there were.
        """
        now = self.mark()
        known = last or Mark(stored=0, version=0, blocks={})
        after = max(known.version, now.version - FURTHEST)
        seqs = known.seqs()
        fresh = [block for key, block in now.blocks.items() if key not in known.blocks]
        # Erasure writes a block anew; what is left of it is not new.
        parts = [take(part, ~np.isin(part.seq, seqs)) for part in fresh]
        missing = limit - sum(len(part) for part in parts)
        if missing > 0 and now.version > after:
            # What is in blocks by now was flushed after all: it must not come twice.
            met = np.concatenate([seqs, *(block.seq for block in now.blocks.values())])
            flushed = self._store.flushed(
                after=after, through=now.version, known=met, limit=missing
            )
            parts.insert(0, flushed)
        rows = join(parts)
        return take(rows, np.arange(max(0, len(rows) - limit), len(rows))), now
