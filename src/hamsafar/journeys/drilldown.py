"""The people behind a number, exactly: `people_behind(sequences, cell)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from hamsafar.journeys.cells import (
    Cell,
    EdgeCell,
    EndCell,
    EveryoneCell,
    NodeCell,
    StartCell,
    VariantCell,
)
from hamsafar.journeys.filters import code_of, shards_of
from hamsafar.journeys.kernels import edge_kernels, path_kernels
from hamsafar.journeys.reading import Label
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Shard, all_threads
from hamsafar.journeys.types import EVERYTHING, CellPeople, CellPerson, Filters
from hamsafar.journeys.variant_table import Rules, fingerprints, halves_of, rules_of
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

_SECOND_US = 1e6
_ANY_STEP = -1
_ANYWHERE, _FIRST, _LAST = 0, 1, 2
"""Where in a journey a step is looked for; as `kernels.edges.walk_step` has it."""

Three = tuple[I64, I64, I64]
Four = tuple[I64, I64, I64, I64]


def people_behind(
    sequences: Sequences,
    cell: Cell,
    filters: Filters = EVERYTHING,
    *,
    compute: Compute | None = None,
) -> CellPeople:
    """List everybody whom a number counts.

    Args:
        sequences: whose events.
        cell: which number.
        filters: which events count; with the same ones, the list equals the number.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: there is no such name, the key is no key of a variant, or a filter is wrong.
    """
    return Crowd.of(sequences, cell, filters, compute=compute).page(0, None)


def edge_people(
    sequences: Sequences,
    from_: str,
    to: str,
    filters: Filters = EVERYTHING,
    *,
    compute: Compute | None = None,
) -> CellPeople:
    """List everybody who went from one event directly to another; see `people_behind`."""
    return people_behind(sequences, EdgeCell(from_, to), filters, compute=compute)


class Crowd:
    """Everybody behind a number, as columns; people are built only when asked for.

    Attributes of the columns are aligned by person, but for `took`: the durations of the first
    person's `count` times, then those of the next; empty where nothing is measured.
    """

    def __init__(self, *, person: I64, counts: I64, last_at: I64, took: I64) -> None:
        self._person, self._counts, self._last_at, self._took = person, counts, last_at, took
        self._ends = np.cumsum(counts)
        self._rank = np.lexsort((person, -last_at, -counts))
        self._labels: Sequence[Label] | None = None

    def labelled(self, labels: Sequence[Label] | None) -> Crowd:
        """Return the same people with the caller's names for them, by person id."""
        made = Crowd(
            person=self._person, counts=self._counts, last_at=self._last_at, took=self._took
        )
        made._labels = labels
        return made

    @classmethod
    def of(
        cls,
        sequences: Sequences,
        cell: Cell,
        filters: Filters = EVERYTHING,
        *,
        compute: Compute | None = None,
    ) -> Crowd:
        """Walk the sequences; arguments and errors as of `people_behind`."""
        workers = compute or all_threads()
        task = _task(sequences.names, cell)
        shards = shards_of(sequences, filters, workers.width)
        found: list[Four] = [(_none(), _none(), _none(), _none())]
        for shard, (place, one, other) in zip(shards, workers.map(task, shards), strict=True):
            chunk = sequences.chunks[shard.chunk]
            whose = chunk.person[chunk.starts[place]].astype(np.int64)
            found.append((whose, one, other, place))
        who, one, other, unit = (np.concatenate(column) for column in zip(*found, strict=True))
        match cell:
            case EdgeCell():
                crowd = cls._crossing(who, unit, took=one, at=other)
            case VariantCell():
                crowd = cls(person=who, counts=np.ones_like(who), last_at=other, took=one)
            case _:
                crowd = cls(person=who, counts=one, last_at=other, took=_none())
        return crowd.labelled(sequences.labels)

    @classmethod
    def _crossing(cls, who: I64, unit: I64, *, took: I64, at: I64) -> Crowd:
        """Group transitions, which lie person by person (or session by session) in order of time."""
        has_changed = (np.diff(who, prepend=-1) != 0) | (np.diff(unit, prepend=-1) != 0)
        first = np.flatnonzero(has_changed)
        counts = np.diff(np.append(first, len(who)))
        return cls(person=who[first], counts=counts, last_at=at[first + counts - 1], took=took)

    def by_person(self) -> Crowd:
        """Return the same people once each: of several rows the number, and the last time.

        Where sessions stand as persons, a person has as many rows as sessions; then `count` is
        their number, and durations, which belong to single events, are left out.
        """
        order = np.lexsort((self._last_at, self._person))
        who, last_at = self._person[order], self._last_at[order]
        first = np.flatnonzero(np.diff(who, prepend=-1))
        counts = np.diff(np.append(first, len(who)))
        last = first + counts - 1
        alone = Crowd(person=who[first], counts=counts, last_at=last_at[last], took=_none())
        return alone.labelled(self._labels)

    def page(self, offset: int, limit: int | None) -> CellPeople:
        """Return `limit` people (None: all) after the first `offset`, and the figures of all."""
        stop = None if limit is None else offset + limit
        return CellPeople(
            people=tuple(self._one(int(i)) for i in self._rank[offset:stop]),
            count=int(self._counts.sum()),
            total=len(self._rank),
            median_s=self._quantile_s(0.5),
            p95_s=self._quantile_s(0.95),
        )

    def offset_after(self, count: int, last_at_us: int, person: int) -> int:
        """Return how many people rank up to and including (count, last_at, person)."""
        counts, last_at, who = self._counts, self._last_at, self._person
        is_before = (counts > count) | ((counts == count) & (last_at > last_at_us))
        is_tied = (counts == count) & (last_at == last_at_us) & (who <= person)
        return int((is_before | is_tied).sum())

    def _one(self, i: int) -> CellPerson:
        rows = slice(self._ends[i] - self._counts[i], self._ends[i])
        return CellPerson(
            person=int(self._person[i]),
            count=int(self._counts[i]),
            last_at_us=int(self._last_at[i]),
            label=None if self._labels is None else self._labels[int(self._person[i])],
            seconds=tuple((self._took[rows] / _SECOND_US).tolist()),
        )

    def _quantile_s(self, share: float) -> float:
        if len(self._took) == 0:
            return float("nan")
        return float(np.quantile(self._took, share)) / _SECOND_US


def walk_edge(shard: Shard, *, edge: tuple[int, int]) -> Three:
    """Return (place of the person in the chunk, duration µs, arrival µs) of each transition."""
    walk = edge_kernels().walk_edge
    out = _room(walk(shard.events, shard.sieve, edge, _room(0)))
    walk(shard.events, shard.sieve, edge, out)
    return out


def walk_step(shard: Shard, *, step: tuple[int, int]) -> Three:
    """Return (place of the person, times, last time µs) of each person with the step.

    Args:
        shard: whose events.
        step: (code, where it is looked for).
    """
    walk = edge_kernels().walk_step
    out = _room(walk(shard.events, shard.sieve, step, _room(0)))
    walk(shard.events, shard.sieve, step, out)
    return out


def walk_variant(shard: Shard, *, halves: tuple[int, int], rules: Rules) -> Three:
    """Return (place of the person, first to last event µs, last event µs) of who lived it.

    Args:
        shard: whose events.
        halves: of the fingerprint.
        rules: those the fingerprint was made by.
    """
    prints = fingerprints(shard, rules=rules)
    a, b = (np.uint64(half) for half in halves)
    place = prints.person[(prints.a == a) & (prints.b == b)]
    took, last_at = np.empty_like(place), np.empty_like(place)
    path_kernels().spans(shard.events, shard.sieve, place, (took, last_at))
    return place, took, last_at


def _task(names: tuple[str, ...], cell: Cell) -> Callable[[Shard], Three]:
    """Return what to do with each shard."""
    match cell:
        case EdgeCell(from_, to):
            edge = code_of(names, from_, "name"), code_of(names, to, "name")
            return partial(walk_edge, edge=edge)
        case VariantCell(key, collapse, max_length):
            rules = rules_of(collapse=collapse, max_length=max_length)
            return partial(walk_variant, halves=halves_of(key), rules=rules)
        case EveryoneCell():
            return partial(walk_step, step=(_ANY_STEP, _ANYWHERE))
        case NodeCell(name):
            part = _ANYWHERE
        case StartCell(name):
            part = _FIRST
        case EndCell(name):
            part = _LAST
    return partial(walk_step, step=(code_of(names, name, "name"), part))


def _none() -> I64:
    return np.zeros(0, np.int64)


def _room(n: int) -> Three:
    return np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
