"""How many people there are, and how many were seen since a time; kept up, never counted anew."""

from __future__ import annotations

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from hamsafar.identity import IdentityService
from hamsafar.profiles.services.arrivals import Arrivals, Mark
from hamsafar.profiles.store import ACTIVE_NODES
from hamsafar.storage.ports import Database, EventStore
from hamsafar.storage.types import BEGINNING, I64, IdentityView


class _Seen:
    """Marks nodes; nobody is ever taken out, because a node that is erased has no person."""

    def __init__(self, nodes: I64, *, since: int, version: int) -> None:
        self.since = since
        self.version = version
        self._marks: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.add(nodes)

    def add(self, nodes: I64) -> None:
        """Mark some more."""
        if not len(nodes):
            return
        top = int(nodes.max())
        if top >= len(self._marks):
            grown = np.zeros(max(top + 1, 2 * len(self._marks)), np.bool_)
            grown[: len(self._marks)] = self._marks
            self._marks = grown
        self._marks[nodes] = True

    def people(self, view: IdentityView) -> int:
        """Return how many persons the marked nodes are."""
        nodes = np.flatnonzero(self._marks[: len(view.person_of)])
        persons = view.person_of[nodes]
        # Person 0 is nobody: an erased node.
        return len(np.unique(persons[persons != 0]))


class Census:
    """Counts people. Safe between threads.

    Each look costs as much as was stored since the last one: the events not in the history, and
    the files flushed meanwhile.
    """

    def __init__(self, database: Database, store: EventStore, identity: IdentityService) -> None:
        self._database = database
        self._store = store
        self._identity = identity
        self._arrivals = Arrivals(database, store)
        self._lock = Lock()
        self._ever: _Seen | None = None
        self._lately: _Seen | None = None
        self._view: IdentityView | None = None

    def people(self) -> int:
        """Return how many people have at least one event."""
        with self._lock:
            mark = self._arrivals.mark()
            if self._ever is None:
                self._ever = _Seen(self._active(), since=BEGINNING, version=mark.version)
            return self._people(self._ever, mark)

    def seen_since(self, since: int) -> int:
        """Return how many people have an event that occurred at this time (µs UTC) or later."""
        with self._lock:
            mark = self._arrivals.mark()
            if self._lately is None or self._lately.since != since:
                nodes = self._store.nodes(since=since)
                self._lately = _Seen(nodes, since=since, version=mark.version)
            return self._people(self._lately, mark)

    def _people(self, seen: _Seen, mark: Mark) -> int:
        if mark.version > seen.version:
            seen.add(self._store.nodes(after=seen.version, since=seen.since))
            seen.version = mark.version
        for block in mark.blocks.values():
            seen.add(block.node[block.occurred_at >= seen.since])
        # Read last: it knows every node that was met.
        self._view = self._identity.view(self._view)
        return seen.people(self._view)

    def _active(self) -> I64:
        with self._database.read() as tx:
            rows = tx.rows(ACTIVE_NODES)
        return np.array([row[0] for row in rows], np.int64)
