"""Stickiness: in how many different intervals people were active."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Unpack

import numpy as np

from hamsafar.journeys.drawing import BarRow, bars, card, percent
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.intervals import Intervals, Unit, intervals_between, span_of
from hamsafar.journeys.kernels import calendar_kernels
from hamsafar.journeys.lifecycle import CalendarOptions, active, face_of
from hamsafar.journeys.marks import Marked, What, marked_shards
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Rows, all_threads
from hamsafar.journeys.tallies import NO_CELL, crowd_of, room_for, taken
from hamsafar.journeys.types import EVERYTHING, CellPeople, Filters, Row
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

COLUMNS = ("intervals", "people")


@dataclass(frozen=True, slots=True)
class Bar(Row):
    """How many people were active in so many intervals."""

    intervals: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stickiness:
    """A histogram of people.

    Attributes:
        bars: for 1 … `of_intervals` intervals, also empty ones.
        of_intervals: how many intervals the range has.
        people_active: people active at least once; the sum of the bars.
        unit: length of an interval.
    """

    bars: tuple[Bar, ...]
    of_intervals: int
    people_active: int
    unit: Unit
    ask: Callable[[int], Crowd] = field(repr=False, compare=False)

    def crowd(self, intervals: int) -> Crowd:
        """Return the people of a bar as columns.

        Args:
            intervals: in how many they were active.

        Raises:
            BadInput: there is no such bar.
        """
        if not 1 <= intervals <= self.of_intervals:
            message = f"a bar has 1 … {self.of_intervals} intervals, not {intervals}"
            raise BadInput(message, where="cell")
        return self.ask(intervals)

    def people(self, intervals: int) -> CellPeople:
        """Return exactly the people of a bar, `count` being their events; see `crowd`."""
        return self.crowd(intervals).page(0, None)

    def to_pandas(self) -> pd.DataFrame:
        """Return a row per bar: intervals, people.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self.bars)

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self.bars)

    def _repr_html_(self) -> str:
        unit = self.unit.value.replace("_", " ")
        rows = [
            BarRow(
                f"{bar.intervals} {unit}{'s' if bar.intervals > 1 else ''}",
                bar.people,
                f"{bar.people:,} ({percent(bar.people / (self.people_active or 1))})",
            )
            for bar in self.bars
        ]
        title = f"{self.people_active:,} people by {unit}s active, of {self.of_intervals}"
        return card(title, bars(rows, title))


def stickiness(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    of: What | None = None,
    compute: Compute | None = None,
    **options: Unpack[CalendarOptions],
) -> Stickiness:
    """Count people by the number of different intervals they were active in.

    Args:
        sequences: whose events.
        filters: which events are activity; their range is that of the intervals.
        of: what is activity; None: every event that counts.
        compute: where shards run; None: a thread for each processor.
        **options: see `CalendarOptions`.

    Raises:
        BadInput: an unknown event or zone, a wrong option or filter, too many intervals.
    """
    face = face_of(options)
    intervals = intervals_between(face, *span_of(sequences, filters))
    workers = compute or all_threads()
    work = marked_shards(sequences, filters, [active(sequences, of)], workers.width)

    def asked(cell: int) -> list[tuple[I64, int, Rows]]:
        task = partial(stick_shard, intervals=intervals, wanted=cell)
        return list(workers.map(task, work))

    def ask(cell: int) -> Crowd:
        return crowd_of(sequences, ((chunk, rows) for _, chunk, rows in asked(cell)))

    counts = sum((part for part, _, _ in asked(NO_CELL)), np.zeros(len(intervals) + 1, np.int64))
    bars = tuple(Bar(k, int(counts[k])) for k in range(1, len(counts)))
    return Stickiness(
        bars=bars,
        of_intervals=len(intervals),
        people_active=int(counts.sum()),
        unit=face.unit,
        ask=ask,
    )


def stick_shard(marked: Marked, *, intervals: Intervals, wanted: int) -> tuple[I64, int, Rows]:
    """Return (people by number of intervals, chunk, people of the wanted bar) of one shard; pure.

    Args:
        marked: whose events; condition 0 is activity.
        intervals: those of the range.
        wanted: number of intervals; `NO_CELL`: none.
    """
    shard = marked.shard
    counts = np.zeros(len(intervals) + 1, np.int64)
    rows = room_for(shard, wanted)
    work = (shard.sieve, marked.marks, intervals.edges)
    found = calendar_kernels().stick(shard.events, work, counts, wanted, rows)
    return counts, shard.chunk, taken(rows, found)
