"""Lifecycle: in each interval, who is new, who returns, who wakes up and who falls asleep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np

from hamsafar.journeys.drawing import Stack, card, stacks
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.intervals import (
    Clockface,
    Intervals,
    Unit,
    intervals_between,
    span_of,
    unit_of,
    week_start_of,
)
from hamsafar.journeys.kernels import calendar_kernels
from hamsafar.journeys.marks import Marked, What, marked_shards
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Rows, all_threads
from hamsafar.journeys.tallies import NO_CELL, crowd_of, room_for, taken
from hamsafar.journeys.types import EVERYTHING, CellPeople, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

COLUMNS = ("interval", "new", "returning", "resurrecting", "dormant", "is_over")


class State(StrEnum):
    """What a person is in an interval."""

    NEW = "new"
    RETURNING = "returning"
    RESURRECTING = "resurrecting"
    DORMANT = "dormant"


_STATES = tuple(State)


class CalendarOptions(TypedDict, total=False):
    """How a question counts time: `unit` (day), `zone` (UTC), `week_start` (saturday)."""

    unit: str
    zone: str
    week_start: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleInterval:
    """One interval.

    Attributes:
        label: as `Intervals.labels`.
        start_us: when it began, µs UTC.
        new: active for the first time in the whole history.
        returning: active, and in the interval before.
        resurrecting: active, not in the interval before, but earlier.
        dormant: active in the interval before, not in this one.
        is_over: whether the newest event lies beyond it; else `dormant` is not final.
    """

    label: str
    start_us: int
    new: int
    returning: int
    resurrecting: int
    dormant: int
    is_over: bool

    @property
    def active(self) -> int:
        """Return how many people were active: new, returning and resurrecting."""
        return self.new + self.returning + self.resurrecting


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """States of people over intervals.

    It reconciles: `returning + dormant` is `active` of the interval before.

    Attributes:
        intervals: in order of time.
        unit: length of an interval.
    """

    intervals: tuple[LifecycleInterval, ...]
    unit: Unit
    ask: Callable[[int], Crowd] = field(repr=False, compare=False)

    def crowd(self, interval: int, state: str) -> Crowd:
        """Return the people of a cell as columns.

        Args:
            interval: place in `intervals`.
            state: one of `State`.

        Raises:
            BadInput: there is no such cell.
        """
        if not 0 <= interval < len(self.intervals):
            raise BadInput(f"there is no interval {interval}", where="cell")
        if state not in _STATES:
            message = f"state must be one of {', '.join(_STATES)}, not {state!r}"
            raise BadInput(message, where="cell")
        return self.ask(interval * len(_STATES) + _STATES.index(State(state)))

    def people(self, interval: int, state: str) -> CellPeople:
        """Return exactly the people of a cell; arguments and errors as of `crowd`.

        A person's `count` is their events in the interval (dormant: in the one before).
        """
        return self.crowd(interval, state).page(0, None)

    def to_pandas(self) -> pd.DataFrame:
        """Return a row per interval: interval, new, returning, resurrecting, dormant, is_over.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        columns = [
            Stack(i.label, ((i.returning, 0.95), (i.resurrecting, 0.6), (i.new, 0.3)), i.dormant)
            for i in self.intervals
        ]
        title = "Above, from dark to light: returning, resurrecting, new. Below: dormant"
        return card(title, stacks(columns, title))

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (i.label, i.new, i.returning, i.resurrecting, i.dormant, i.is_over)
            for i in self.intervals
        ]


def lifecycle(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    of: What | None = None,
    compute: Compute | None = None,
    **options: Unpack[CalendarOptions],
) -> Lifecycle:
    """Count new, returning, resurrecting and dormant people in each interval.

    The filters' range selects intervals only: who is new is decided by the whole history, and one
    interval before the range tells who returns.

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
    intervals = intervals_between(face, *span_of(sequences, filters), before=1)
    everything = replace(filters, from_us=None, to_us=None)
    workers = compute or all_threads()
    work = marked_shards(sequences, everything, [active(sequences, of)], workers.width)

    def asked(cell: int) -> list[tuple[I64, int, Rows]]:
        task = partial(live_shard, intervals=intervals, wanted=cell)
        return list(workers.map(task, work))

    def ask(cell: int) -> Crowd:
        return crowd_of(sequences, ((chunk, rows) for _, chunk, rows in asked(cell)))

    empty = np.zeros((len(intervals) - 1) * len(_STATES), np.int64)
    counts = sum((part for part, _, _ in asked(NO_CELL)), empty).reshape(-1, len(_STATES))
    newest = max((int(c.time.max()) for c in sequences.chunks if len(c.time)), default=0)
    rows = tuple(
        LifecycleInterval(
            label=intervals.labels[k],
            start_us=int(intervals.edges[k]),
            new=new,
            returning=returning,
            resurrecting=resurrecting,
            dormant=dormant,
            is_over=int(intervals.edges[k + 1]) <= newest,
        )
        for k, (new, returning, resurrecting, dormant) in enumerate(counts.tolist(), start=1)
    )
    return Lifecycle(intervals=rows, unit=face.unit, ask=ask)


def live_shard(marked: Marked, *, intervals: Intervals, wanted: int) -> tuple[I64, int, Rows]:
    """Return (counts, chunk, people of the wanted cell) of one shard; pure.

    Args:
        marked: whose events; condition 0 is activity.
        intervals: the one before the range, and those of the range.
        wanted: interval of the range × 4 + state; `NO_CELL`: none.
    """
    shard = marked.shard
    counts = np.zeros((len(intervals) - 1) * len(_STATES), np.int64)
    rows = room_for(shard, wanted)
    work = (shard.sieve, marked.marks, intervals.edges)
    found = calendar_kernels().live(shard.events, work, counts, wanted, rows)
    return counts, shard.chunk, taken(rows, found)


def face_of(options: CalendarOptions, default: Unit = Unit.DAY) -> Clockface:
    """Return the options, checked.

    Raises:
        BadInput: an unknown unit or first day of the week.
    """
    return Clockface(
        unit=unit_of(options.get("unit", default)),
        zone=options.get("zone", "UTC"),
        week_start=week_start_of(options.get("week_start", "saturday")),
    )


def active(sequences: Sequences, of: What | None) -> tuple[str, What]:
    """Return the condition of activity: that one, or any event at all."""
    return "of", frozenset(name for name in sequences.names) if of is None else of
