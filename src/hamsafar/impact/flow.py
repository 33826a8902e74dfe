"""Everybody's events that count, in one row of columns; what Impact counts with numpy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar.expr import Condition
from hamsafar.impact.types import What
from hamsafar.journeys import EVERYTHING, Filters, Sequences, kept_of, mask_of
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64, SortedChunk

B = NDArray[np.bool_]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Values as codes.

    Attributes:
        code: i64[n] (of traits i64[p]); 0: none.
        values: by code; the first stands for none.
    """

    code: I64
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """n events of p journeys, sorted by journey and time; a journey is a person's, or a session's.

    Attributes:
        place: i64[n], which journey each event is of, 0 … p - 1, rising.
        people: i64[p], ids of the persons; sessions of one person have the same.
        owner: i64[p], the person of each journey, 0 …; sessions of one person have the same.
        time: i64[n], µs UTC, rising within a journey.
        code, channel: i64[n], as of the sequences.
        ends: i64[p], one past each journey's last event.
        as_of_us: until when everything is known, µs UTC: the latest event of all.
        sequences: where properties and traits lie.
        kept: bool per event of each chunk: which events these are.
    """

    place: I64 = field(repr=False)
    people: I64 = field(repr=False)
    owner: I64 = field(repr=False)
    time: I64 = field(repr=False)
    code: I64 = field(repr=False)
    channel: I64 = field(repr=False)
    ends: I64 = field(repr=False)
    as_of_us: int
    sequences: Sequences = field(repr=False)
    kept: tuple[B, ...] = field(repr=False)

    @classmethod
    def of(cls, sequences: Sequences, filters: Filters = EVERYTHING) -> Flow:
        """Return the events that count.

        Raises:
            BadInput: a filter names an event or channel that does not exist.
        """
        kept = kept_of(sequences, filters)
        chunks = list(zip(sequences.chunks, kept, strict=True))
        person = _joined([chunk.person[rows].astype(np.int64) for chunk, rows in chunks])
        time = _joined([chunk.time[rows] for chunk, rows in chunks])
        journey = _journeys([chunk for chunk, _ in chunks], kept)
        is_new = np.append(True, np.diff(journey) != 0)[: len(person)]
        begins = np.flatnonzero(is_new)
        latest = [int(chunk.time.max()) for chunk in sequences.chunks if len(chunk.time)]
        return cls(
            place=np.cumsum(is_new) - 1,
            people=person[begins],
            owner=np.unique(person[begins], return_inverse=True)[1].astype(np.int64),
            time=time,
            code=_joined([chunk.code[rows].astype(np.int64) for chunk, rows in chunks]),
            channel=_joined([_channel(chunk, rows) for chunk, rows in chunks]),
            ends=np.append(begins[1:], len(person))[: len(begins)],
            as_of_us=max(latest, default=0),
            sequences=sequences,
            kept=kept,
        )

    def __len__(self) -> int:
        """Return n."""
        return len(self.time)

    def events_of(self, what: What, where: str) -> B:
        """Return bool[n]: events of a name, or of which a condition holds.

        Raises:
            BadInput: there is no such name, or a property the condition reads is not loaded.
        """
        return self.named(what, where) if isinstance(what, str) else self.meeting(what, where)

    def named(self, name: str, where: str) -> B:
        """Return bool[n]: events of a name.

        Raises:
            BadInput: there is no such name.
        """
        names = self.sequences.names
        if name not in names:
            raise BadInput(f"no event is named {name!r}", where=where)
        found: B = self.code == names.index(name)
        return found

    def meeting(self, condition: Condition, where: str) -> B:
        """Return bool[n]: events a condition holds of.

        Raises:
            BadInput: a property or trait it reads is not loaded.
        """
        masks = mask_of(self.sequences, condition, where=where)
        pairs = zip(masks, self.kept, strict=True)
        found: B = _joined([mask[rows].astype(np.int64) for mask, rows in pairs]) != 0
        return found

    def property(self, path: str, where: str) -> Coded:
        """Return a property of each event.

        Raises:
            BadInput: it is not loaded.
        """
        column = self.sequences.properties.get(path)
        if column is None:
            raise BadInput(f"the property {path!r} is not loaded", where=where)
        pairs = zip(column.codes, self.kept, strict=True)
        code = _joined([codes[rows].astype(np.int64) for codes, rows in pairs])
        return Coded(code=code, values=tuple(column.values))

    def numbers(self, path: str, where: str) -> F64:
        """Return a property of each event as a number; NaN where it is none.

        Raises:
            BadInput: it is not loaded.
        """
        column = self.sequences.properties.get(path)
        if column is None:
            raise BadInput(f"the property {path!r} is not loaded", where=where)
        parts = [column.numbers(at)[rows] for at, rows in enumerate(self.kept)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def trait(self, name: str, where: str) -> Coded:
        """Return a trait of the person of each journey, as it is now.

        Raises:
            BadInput: it is not loaded.
        """
        column = self.sequences.traits.get(name)
        if column is None:
            raise BadInput(f"the trait {name!r} is not loaded", where=where)
        parts = []
        for codes, rows, chunk in zip(column.codes, self.kept, self.sequences.chunks, strict=True):
            passed = np.concatenate([[0], np.cumsum(rows)])
            is_here = passed[chunk.starts[1:]] > passed[chunk.starts[:-1]]
            parts.append(codes[is_here].astype(np.int64))
        return Coded(code=_joined(parts), values=tuple(column.values))


def rank_at(flow: Flow, rows: I64, offset_us: int) -> I64:
    """Return for each row one past the journey's last event at most `offset_us` after its time.

    A bisection of all rows at once. The offset may be negative; where no event is so early, it is
    the journey's first row.
    """
    place = flow.place[rows]
    low, high = np.append(0, flow.ends)[place], flow.ends[place]
    limit = flow.time[rows] + offset_us
    while (low < high).any():
        middle = (low + high) // 2
        safe = np.minimum(middle, len(flow) - 1)
        is_within = (flow.time[safe] <= limit) & (low < high)
        low = np.where(is_within, middle + 1, low)
        high = np.where(is_within | (low >= high), high, middle)
    return low


def _journeys(chunks: list[SortedChunk], kept: tuple[B, ...]) -> I64:
    """Return a number for the journey of each kept event, rising over the chunks."""
    parts, offset = [], 0
    for chunk, rows in zip(chunks, kept, strict=True):
        counts = np.diff(chunk.starts)
        parts.append((np.repeat(np.arange(len(counts)), counts) + offset)[rows])
        offset += len(counts)
    return _joined(parts)


def _channel(chunk: SortedChunk, rows: B) -> I64:
    if len(chunk.channel) == len(chunk.time):
        return chunk.channel[rows].astype(np.int64)
    return np.full(int(rows.sum()), int(chunk.channel[0]) if len(chunk.channel) else 0)


def _joined(parts: list[I64]) -> I64:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
