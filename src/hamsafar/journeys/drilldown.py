"""The people behind an edge, exactly: `edge_people(sequences, from_, to)`."""

from __future__ import annotations

from functools import partial

import numpy as np

from hamsafar.journeys.filters import code_of, shards_of
from hamsafar.journeys.kernels import edge_kernels
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Shard, all_threads
from hamsafar.journeys.types import EVERYTHING, EdgePeople, EdgePerson, Filters
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

_SECOND_US = 1e6

Transitions = tuple[I64, I64, I64]


def edge_people(
    sequences: Sequences,
    from_: str,
    to: str,
    filters: Filters = EVERYTHING,
    *,
    compute: Compute | None = None,
) -> EdgePeople:
    """List everybody who went from one event directly to another, with every duration.

    Args:
        sequences: whose events.
        from_: name of the earlier event.
        to: name of the event right after it.
        filters: which events count; with the same ones, `count` equals the graph's edge.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: there is no such name, or a filter is wrong.
    """
    return Crossings.of(sequences, from_, to, filters, compute=compute).page(0, None)


class Crossings:
    """All transitions along one edge, grouped by person; people are built only when asked for."""

    def __init__(self, transitions: Transitions) -> None:
        who, self._took, self._at = transitions
        self._first = np.flatnonzero(np.diff(who, prepend=-1))
        self._counts = np.diff(np.append(self._first, len(who)))
        self._person = who[self._first]
        last_at = self._at[self._first + self._counts - 1]
        self._rank = np.lexsort((self._person, -last_at, -self._counts))

    @classmethod
    def of(
        cls,
        sequences: Sequences,
        from_: str,
        to: str,
        filters: Filters = EVERYTHING,
        *,
        compute: Compute | None = None,
    ) -> Crossings:
        """Walk the sequences; arguments and errors as of `edge_people`."""
        names = sequences.names
        edge = code_of(names, from_, "from"), code_of(names, to, "to")
        workers = compute or all_threads()
        shards = shards_of(sequences, filters, workers.width)
        found: list[Transitions] = []
        for shard, (place, took, at) in zip(
            shards, workers.map(partial(walk_shard, edge=edge), shards), strict=True
        ):
            chunk = sequences.chunks[shard.chunk]
            found.append((chunk.person[chunk.starts[place]].astype(np.int64), took, at))
        if not found:
            found.append((np.zeros(0, np.int64),) * 3)
        who, took, at = (np.concatenate(column) for column in zip(*found, strict=True))
        return cls((who, took, at))

    def page(self, offset: int, limit: int | None) -> EdgePeople:
        """Return `limit` people (None: all) after the first `offset`, and the figures of all."""
        stop = None if limit is None else offset + limit
        return EdgePeople(
            people=tuple(self._one(int(i)) for i in self._rank[offset:stop]),
            count=len(self._took),
            total=len(self._rank),
            median_s=self._quantile_s(0.5),
            p95_s=self._quantile_s(0.95),
        )

    def offset_after(self, count: int, last_at_us: int, person: int) -> int:
        """Return how many people rank up to and including (count, last_at, person)."""
        counts = self._counts[self._rank]
        last_at = self._at[(self._first + self._counts - 1)[self._rank]]
        who = self._person[self._rank]
        is_before = (counts > count) | ((counts == count) & (last_at > last_at_us))
        is_tied = (counts == count) & (last_at == last_at_us) & (who <= person)
        return int((is_before | is_tied).sum())

    def _one(self, i: int) -> EdgePerson:
        rows = slice(self._first[i], self._first[i] + self._counts[i])
        return EdgePerson(
            person=int(self._person[i]),
            count=int(self._counts[i]),
            last_at_us=int(self._at[rows][-1]),
            seconds=tuple((self._took[rows] / _SECOND_US).tolist()),
        )

    def _quantile_s(self, share: float) -> float:
        if len(self._took) == 0:
            return float("nan")
        return float(np.quantile(self._took, share)) / _SECOND_US


def walk_shard(shard: Shard, *, edge: tuple[int, int]) -> Transitions:
    """Return (place of the person in the chunk, duration µs, arrival µs) of each transition."""
    walk = edge_kernels().walk_edge
    found = walk(shard.events, shard.sieve, edge, _room(0))
    out = _room(found)
    walk(shard.events, shard.sieve, edge, out)
    return out


def _room(n: int) -> Transitions:
    return np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
