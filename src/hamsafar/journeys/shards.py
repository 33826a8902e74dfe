"""How a scan is cut into pieces: whole persons, about equal numbers of events, one thread each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from os import cpu_count
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from hamsafar.storage.types import I64, U16, U32, U64

T = TypeVar("T")
R = TypeVar("R")

D = TypeVar("D", bound=np.generic)

U8 = NDArray[np.uint8]

NAME_BITS = 26
"""An edge is `from << 26 | to`, so there may be 67 million names."""

SMALL_EVENTS = 200_000
"""Below this many events a second thread costs more than it brings."""


class Events(NamedTuple):
    """The columns a kernel walks along, and the persons `lo` to `hi` it is to look at.

    `skip` has one element and `skip_mask` is 0 when nobody is skipped.
    """

    starts: I64
    time: I64
    code: U32
    skip: U8
    skip_mask: int
    lo: int
    hi: int


class Sieve(NamedTuple):
    """Filters as lookup tables; see `filters.sieve_of`.

    A column that plays no part has one element, and its mask is 0 instead of -1.
    """

    code_ok: U8
    channel: U16
    channel_ok: U8
    channel_mask: int
    source: U16
    source_ok: U8
    source_mask: int
    flags: U16
    flags_mask: int
    blocked: np.uint16
    from_us: int
    to_us: int


class Tally(NamedTuple):
    """What counting writes to: per slot (count, low part of the sum), high part; per name the rest.

    Attributes:
        stats: i64[slots, 2], count and low 32 bits of the sum of durations in µs.
        high: i64[slots], the sum's part above 32 bits.
        starts: i64[names].
        ends: i64[names].
        people: i64[names].
        last: i64[names], the person last seen with the name; begins with -1.
    """

    stats: I64
    high: I64
    starts: I64
    ends: I64
    people: I64
    last: I64


class Prints(NamedTuple):
    """Fingerprints of sequences, aligned: two halves, how many people, length, and one of them.

    A length above the longest that was asked for means that the sequence was cut.
    """

    a: U64
    b: U64
    counts: I64
    length: I64
    person: I64


class Marks(NamedTuple):
    """The conditions of one chunk; an event's word is `by_code[code] | by_event[i & event_mask]`.

    `by_event` has one element and `event_mask` is 0 when all conditions are on names.
    """

    by_code: U64
    by_event: U64
    event_mask: int


class Rows(NamedTuple):
    """Room for the people of one cell: place in the chunk, times counted, last time µs UTC."""

    who: I64
    counts: I64
    last_at: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One piece of work: some persons of one chunk.

    Attributes:
        chunk: which chunk.
        events: its columns with the range of persons.
        sieve: filters, None when all events count.
    """

    chunk: int
    events: Events
    sieve: Sieve | None

    def __len__(self) -> int:
        """Return how many events there are, filtered ones included."""
        starts = self.events.starts
        return int(starts[self.events.hi] - starts[self.events.lo])


@dataclass(frozen=True, slots=True)
class Threads:
    """A `Compute` for notebooks and scripts: so many threads, made for each call."""

    width: int

    def map(self, task: Callable[[T], R], shards: Sequence[T]) -> Iterator[R]:
        """Yield `task(shard)` for every shard, in order."""
        if len(shards) < 2 or self.width == 1:
            yield from map(task, shards)
            return
        with ThreadPoolExecutor(self.width) as pool:
            yield from pool.map(task, shards)


def all_threads() -> Threads:
    """Return a thread for each processor."""
    return Threads(cpu_count() or 1)


def cut(events: Events, pieces: int) -> list[Events]:
    """Return the same persons in at most `pieces` ranges of about equal numbers of events."""
    total = int(events.starts[-1])
    pieces = min(pieces, 1 + total // SMALL_EVENTS)
    goals = np.linspace(0, total, pieces + 1)[1:-1]
    inner = np.searchsorted(events.starts, goals)
    bounds = np.unique(np.concatenate([[events.lo], inner, [events.hi]])).tolist()
    return [events._replace(lo=lo, hi=hi) for lo, hi in pairwise(bounds)]


def frozen(values: NDArray[D]) -> NDArray[D]:
    """Return a read-only view: kernels then meet one type, whether memory is ours or a file's."""
    view = values.view()
    view.flags.writeable = False
    return view
