"""Whose events changed since a state of the history; what the stream of friction follows."""

from __future__ import annotations

import numpy as np

from hamsafar.engines.segments import SegmentStore
from hamsafar.identity import IdentityService
from hamsafar.journeys import Stamp
from hamsafar.storage import block_keys, read_blocks
from hamsafar.storage.ports import Database
from hamsafar.storage.types import I64, IdentityView


class StoreFeed:
    """Looks at what waits, at what was flushed, and at who was joined."""

    def __init__(self, database: Database, store: SegmentStore, identity: IdentityService) -> None:
        self._database = database
        self._store = store
        self._identity = identity
        self._view: IdentityView | None = None

    def people_since(self, known: Stamp) -> I64:
        """Return whoever has events the state did not have, or was joined or parted since; rising.

        What waits is read before what was flushed: a flush between the two shows its events twice,
        not never.
        """
        with self._database.read() as tx:
            keys = [key for key in block_keys(tx) if key[1] >= known.recent]
            blocks = read_blocks(tx, keys)
        waiting = [columns.node for columns in blocks.values()]
        nodes = np.concatenate([self._store.nodes(after=known.manifest), *waiting])
        view = self._view = self._identity.view(self._view)
        nodes = nodes[nodes < len(view.person_of)]
        moved = self._identity.moved_since(known.identity)
        persons = np.union1d(view.person_of[nodes], np.array(sorted(moved), np.int64))
        # Of an erased node it says nobody.
        people: I64 = persons[persons > 0].astype(np.int64)
        return people
