"""Retention: of those who did something first, how many come again, interval by interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.drawing import HeatCell, HeatRow, card, heat, percent
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
from hamsafar.journeys.sequences import TIME_LIMIT_US, Sequences
from hamsafar.journeys.shards import Rows, all_threads
from hamsafar.journeys.tallies import NO_CELL, crowd_of, room_for, taken
from hamsafar.journeys.types import EVERYTHING, CellPeople, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MAX_PERIODS = 400
MOST_COHORTS = 40
_DAY_US = 86_400_000_000
_ROLLING_US = {Unit.DAY: _DAY_US, Unit.WEEK: 7 * _DAY_US}
_OF, _FIGURES = 0, 3
COLUMNS = ("cohort", "size", "period", "count", "of", "share", "open")


class Periods(StrEnum):
    """When a period begins."""

    CALENDAR = "calendar"
    ROLLING = "rolling"


class CohortBy(StrEnum):
    """Which of a person's first events enters a cohort."""

    FIRST_TIME = "first_time"
    RECURRING = "recurring"


class Counting(StrEnum):
    """Which return counts for a period."""

    ON = "on"
    ON_OR_AFTER = "on_or_after"


class RetentionOptions(TypedDict, total=False):
    """What may be set; see `retention`."""

    unit: str
    periods: int
    mode: str
    cohort: str
    counting: str
    zone: str
    week_start: str
    as_of_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCell:
    """One number of a retention table.

    Attributes:
        period: 0 is the interval of the first event.
        count: of the mature, those who came again; in period 0 everybody.
        of: people whose period is over.
        open: people whose period is not over; they are in neither `count` nor `of`.
        early: of the open ones, those who came again already.
    """

    period: int
    count: int
    of: int
    open: int
    early: int

    @property
    def is_mature(self) -> bool:
        """Return whether the period is over for everybody."""
        return self.open == 0

    @property
    def share(self) -> float:
        """Return count / of; NaN when nobody is mature."""
        return self.count / self.of if self.of else float("nan")

    def drawn(self) -> HeatCell:
        """Return what it looks like; empty as long as nobody is mature."""
        text = percent(self.share) if self.of else ""
        return HeatCell(self.share, text, is_open=bool(self.of) and self.open > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Those who entered in one interval.

    Attributes:
        label: of the interval, as `Intervals.labels`.
        start_us: when it began, µs UTC.
        size: people who entered.
        cells: by period, 0 first.
    """

    label: str
    start_us: int
    size: int
    cells: tuple[RetentionCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """A table of cohorts by periods.

    Attributes:
        cohorts: in order of time, also empty ones.
        total: all cohorts together by period; with recurring cohorts a person counts in each.
        size: sum of the cohorts' sizes.
        unit: length of an interval.
        as_of_us: until when everything is known, µs UTC; a period that ends later is open.
    """

    cohorts: tuple[Cohort, ...]
    total: tuple[RetentionCell, ...]
    size: int
    unit: Unit
    as_of_us: int
    ask: Callable[[int, int], Crowd] = field(repr=False, compare=False)

    def crowd(self, period: int, cohort: int | None = None) -> Crowd:
        """Return the people of a cell as columns.

        Args:
            period: which period, 0 first.
            cohort: place in `cohorts`; None: the total.

        Raises:
            BadInput: there is no such cell.
        """
        if not 0 <= period < len(self.total):
            raise BadInput(f"there is no period {period}", where="cell")
        if cohort is not None and not 0 <= cohort < len(self.cohorts):
            raise BadInput(f"there is no cohort {cohort}", where="cell")
        return self.ask(len(self.cohorts) if cohort is None else cohort, period)

    def people(self, period: int, cohort: int | None = None) -> CellPeople:
        """Return exactly the people `count` counts; arguments and errors as of `crowd`.

        A person's `count` is the cohorts they count in, `last_at_us` when they last came again.
        """
        return self.crowd(period, cohort).page(0, None)

    def to_pandas(self) -> pd.DataFrame:
        """Return a row per cell: cohort, size, period, count, of, share, open.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        rows = [HeatRow("all", f"{self.size:,}", tuple(c.drawn() for c in self.total))]
        for cohort in self.cohorts[-MOST_COHORTS:]:
            cells = tuple(cell.drawn() for cell in cohort.cells)
            rows.append(HeatRow(cohort.label, f"{cohort.size:,}", cells))
        unit = self.unit.value.replace("_", " ")
        title = f"Retention of {self.size:,} people by {unit}"
        note = "; dashed: not over for everybody" if any(c.open for c in self.total) else ""
        return card(title + note, heat([str(c.period) for c in self.total], rows, title))

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (c.label, c.size, cell.period, cell.count, cell.of, cell.share, cell.open)
            for c in self.cohorts
            for cell in c.cells
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """Options that were checked."""

    face: Clockface
    periods: int
    is_rolling: bool
    is_first_time: bool
    is_cumulative: bool
    as_of_us: int

    @classmethod
    def of(cls, options: RetentionOptions, newest_us: int) -> _Rules:
        periods = options.get("periods", 8)
        if not 1 <= periods <= MAX_PERIODS:
            raise BadInput(f"periods must be 1 … {MAX_PERIODS}, not {periods}", where="periods")
        unit = unit_of(options.get("unit", Unit.WEEK))
        is_rolling = _chosen(Periods, options.get("mode", "calendar"), "mode") == Periods.ROLLING
        if is_rolling and unit not in _ROLLING_US:
            message = f"a rolling period must be day or week: a {unit} has no fixed length"
            raise BadInput(message, where="unit")
        as_of = options.get("as_of_us")
        face = Clockface(
            unit=unit,
            zone=options.get("zone", "UTC"),
            week_start=week_start_of(options.get("week_start", "saturday")),
        )
        cohort = _chosen(CohortBy, options.get("cohort", "first_time"), "cohort")
        counting = _chosen(Counting, options.get("counting", "on"), "counting")
        return cls(
            face=face,
            periods=periods,
            is_rolling=is_rolling,
            is_first_time=cohort == CohortBy.FIRST_TIME,
            is_cumulative=counting == Counting.ON_OR_AFTER,
            as_of_us=newest_us + 1 if as_of is None else as_of,
        )


def retention(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    first: What,
    again: What | None = None,
    compute: Compute | None = None,
    **options: Unpack[RetentionOptions],
) -> Retention:
    """Count who came again.

    The filters' range selects cohorts only: `first_time` looks at the whole history before it,
    and returns are looked for until `as_of_us`.

    Args:
        sequences: whose events.
        filters: which events count; their range is that of the cohorts.
        first: what enters a cohort.
        again: what is coming again; None: the same as `first`.
        compute: where shards run; None: a thread for each processor.
        **options: `unit` ("day", "week", "month", "jalali_month"; default week), `periods` (after
            the first; 8), `mode` ("calendar": periods are intervals of the calendar; "rolling":
            they begin with the person's own first event), `cohort` ("first_time": the first event
            of a life enters; "recurring": the first of each interval), `counting` ("on": a return
            in that very period; "on_or_after": in it or later), `zone` (UTC), `week_start`
            (saturday), `as_of_us` (until when everything is known; default the newest event).

    Raises:
        BadInput: an unknown event, an option out of range, or a wrong filter.
    """
    newest = max((int(c.time.max()) for c in sequences.chunks if len(c.time)), default=0)
    rules = _Rules.of(options, newest)
    begin_us, end_us = span_of(sequences, filters)
    after = rules.periods
    intervals = intervals_between(rules.face, begin_us, end_us, after=after)
    before_as_of = replace(
        filters, from_us=None, to_us=min(max(rules.as_of_us, -TIME_LIMIT_US), TIME_LIMIT_US + 1)
    )
    workers = compute or all_threads()
    conditions = [("first", first), ("again", first if again is None else again)]
    work = marked_shards(sequences, before_as_of, conditions, workers.width)

    def asked(cohort: int, period: int) -> list[tuple[NDArray[np.int64], int, Rows]]:
        task = partial(retain_shard, intervals=intervals, rules=rules, wanted=(cohort, period))
        return list(workers.map(task, work))

    def ask(cohort: int, period: int) -> Crowd:
        return crowd_of(sequences, ((chunk, rows) for _, chunk, rows in asked(cohort, period)))

    shape = (len(intervals) - after, rules.periods + 1, _FIGURES)
    counts = sum((part for part, _, _ in asked(NO_CELL, NO_CELL)), np.zeros(shape, np.int64))
    return _named(counts, intervals, rules, ask)


def retain_shard(
    marked: Marked, *, intervals: Intervals, rules: _Rules, wanted: tuple[int, int]
) -> tuple[I64, int, Rows]:
    """Return (counts, chunk, people of the wanted cell) of one shard; pure.

    Args:
        marked: whose events.
        intervals: cohorts, and the periods after the last.
        rules: how to count.
        wanted: (cohort, period); `NO_CELL`: none.
    """
    kernels = calendar_kernels()
    cohorts = len(intervals) - rules.periods
    counts = np.zeros((cohorts, rules.periods + 1, _FIGURES), np.int64)
    rows = room_for(marked.shard, wanted[0])
    cohort_rules = kernels.CohortRules(
        cohorts=cohorts,
        periods=rules.periods,
        is_first_time=rules.is_first_time,
        rolling_us=_ROLLING_US[rules.face.unit] if rules.is_rolling else 0,
        is_cumulative=rules.is_cumulative,
        as_of=rules.as_of_us,
    )
    shard = marked.shard
    work = (shard.sieve, marked.marks, intervals.edges)
    found = kernels.retain(shard.events, work, cohort_rules, counts, wanted, rows)
    return counts, shard.chunk, taken(rows, found)


def _named(
    counts: I64, intervals: Intervals, rules: _Rules, ask: Callable[[int, int], Crowd]
) -> Retention:
    sizes = counts[:, 0, _OF]

    def cells(figures: I64, size: int) -> tuple[RetentionCell, ...]:
        return tuple(
            RetentionCell(period=period, count=did, of=of, open=size - of, early=early)
            for period, (of, did, early) in enumerate(figures.tolist())
        )

    cohorts = tuple(
        Cohort(
            label=intervals.labels[c],
            start_us=int(intervals.edges[c]),
            size=int(sizes[c]),
            cells=cells(counts[c], int(sizes[c])),
        )
        for c in range(len(counts))
    )
    size = int(sizes.sum())
    return Retention(
        cohorts=cohorts,
        total=cells(counts.sum(axis=0), size),
        size=size,
        unit=rules.face.unit,
        as_of_us=rules.as_of_us,
        ask=ask,
    )


def _chosen(kind: type[StrEnum], name: str, where: str) -> StrEnum:
    try:
        return kind(name)
    except ValueError:
        raise BadInput(
            f"{where} must be one of {', '.join(kind)}, not {name!r}", where=where
        ) from None
