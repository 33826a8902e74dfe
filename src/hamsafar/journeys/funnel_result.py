"""What a funnel answers: counts, times, and the people behind each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.funnel_chart import funnel_html
from hamsafar.journeys.funnel_types import FunnelRules, Step
from hamsafar.journeys.funnel_work import NEVER, OPEN, Units
from hamsafar.journeys.types import Row
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
_SECOND_US = 1e6


class Part(StrEnum):
    """Which of the units at a step: all, those who got no further, those of them still open."""

    REACHED = "reached"
    DROPPED = "dropped"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class FunnelStep(Row):
    """One step of a funnel.

    Attributes:
        label: of the step.
        optional: it may be left out.
        count: units that reached it.
        dropped: of them, those that did not reach the next step that is not optional.
        open: of the dropped, those whose time still runs.
        mean_s: mean seconds since the step before it that was taken; NaN for the first.
        median_s: their exact median.
        p95_s: their exact 95th percentile, linear between ranks.
    """

    label: str
    optional: bool
    count: int
    dropped: int
    open: int
    mean_s: float
    median_s: float
    p95_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """The attempts of a funnel that tell, one for each unit that entered.

    Attributes:
        units: who, how far, and when.
        steps: the steps of the funnel.
        keep_zero: durations of zero count in means and medians.
    """

    units: Units = field(repr=False)
    steps: tuple[Step, ...] = field(repr=False)
    keep_zero: bool = True

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.units.person)

    def chosen(self, rows: Flags) -> Attempts:
        """Return those rows only."""
        units = self.units
        cells = np.repeat(rows, units.length)
        kept = Units(
            person=units.person[rows],
            length=units.length[rows],
            state=units.state[rows],
            time=units.time[cells],
            value=units.value[rows] if len(units.value) else units.value,
        )
        return Attempts(units=kept, steps=self.steps, keep_zero=self.keep_zero)

    def times_us(self, step: int) -> I64:
        """Return i64[units]: when each took a step; `NEVER` who did not."""
        length = self.units.length
        firsts = np.cumsum(length, dtype=np.int64) - length
        found = np.full(len(length), NEVER, np.int64)
        far = length > step
        found[far] = self.units.time[firsts[far] + step]
        return found

    def reached(self, step: int) -> Flags:
        """Return bool[units]: who took a step."""
        found: Flags = self.times_us(step) != NEVER
        return found

    def at(self, step: int, part: Part) -> Flags:
        """Return bool[units]: who is in that part of a step."""
        found = self.reached(step)
        if part is not Part.REACHED:
            following = next_required(self.steps, step)
            found &= False if following is None else ~self.reached(following)
        if part is Part.OPEN:
            found &= (self.units.state & OPEN) != 0
        return found

    def seconds(self, step: int) -> F64:
        """Return the seconds from the step taken before it to a step, of those who took it."""
        if step == 0:
            return np.zeros(0)
        then = self.times_us(0)
        for between in range(1, step):
            at = self.times_us(between)
            then = np.where(at == NEVER, then, at)
        now = self.times_us(step)
        return self.lasting((now - then)[now != NEVER])

    def seconds_in_all(self) -> F64:
        """Return the seconds from the first step to the last, of those who took it."""
        now = self.times_us(len(self.steps) - 1)
        return self.lasting((now - self.times_us(0))[now != NEVER])

    def lasting(self, took_us: I64) -> F64:
        """Return durations in seconds, without those that do not count."""
        kept = took_us if self.keep_zero else took_us[took_us > 0]
        seconds: F64 = kept / _SECOND_US
        return seconds


def next_required(steps: Sequence[Step], step: int) -> int | None:
    """Return the next step that is not optional; None after the last, and for an optional one."""
    if steps[step].optional:
        return None
    following = (number for number in range(step + 1, len(steps)) if not steps[number].optional)
    return next(following, None)


def tell_steps(attempts: Attempts) -> tuple[FunnelStep, ...]:
    """Return the figures of each step."""
    last = len(attempts.steps) - 1
    rows = []
    taken = [attempts.times_us(number) for number in range(last + 1)]
    is_open = (attempts.units.state & OPEN) != 0
    then = taken[0]
    for number, step in enumerate(attempts.steps):
        now = taken[number]
        has = now != NEVER
        following = next_required(attempts.steps, number)
        gone = has & (taken[following] == NEVER) if following is not None else np.zeros_like(has)
        took = attempts.lasting((now - then)[has]) if number else np.zeros(0)
        rows.append(
            FunnelStep(
                step.label,
                step.optional,
                int(has.sum()),
                int(gone.sum()),
                int((gone & is_open).sum()),
                *_figures(took),
            )
        )
        then = np.where(has, now, then)
    return tuple(rows)


def _figures(seconds: F64) -> tuple[float, float, float]:
    """Return mean, median and 95th percentile; NaN of nothing."""
    if not len(seconds):
        return float("nan"), float("nan"), float("nan")
    median, p95 = np.quantile(seconds, [0.5, 0.95]).tolist()
    return float(seconds.mean()), median, p95


COLUMNS = FunnelStep.__slots__


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelSplit:
    """The funnel of one value of the breakdown.

    Attributes:
        value: the value; None for the others and the unknown.
        label: what to call it.
        is_other: all values that are not listed.
        is_unknown: those without a value.
        steps: its figures.
        attempts: its units.
    """

    value: str | float | bool | None
    label: str
    is_other: bool
    is_unknown: bool
    steps: tuple[FunnelStep, ...]
    attempts: Attempts = field(repr=False)

    @property
    def counts(self) -> tuple[int, ...]:
        """Return how many units reached each step."""
        return tuple(step.count for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelResult:
    """A funnel.

    Attributes:
        steps: the figures of each step.
        rules: what it was counted by.
        attempts: the units that entered, one row each.
        as_of_us: attempts whose window ends later are open.
        excluded: ids of people an exclusion took out of the funnel, rising.
        breakdown: the same by value, most entrants first; None when not asked for.
    """

    steps: tuple[FunnelStep, ...]
    rules: FunnelRules
    attempts: Attempts = field(repr=False)
    as_of_us: int
    excluded: I64 = field(repr=False)
    breakdown: tuple[FunnelSplit, ...] | None = field(default=None, repr=False)

    @property
    def counts(self) -> tuple[int, ...]:
        """Return how many units reached each step: people, attempts or sessions."""
        return tuple(step.count for step in self.steps)

    @property
    def mean_s(self) -> tuple[float, ...]:
        """Return for each step the mean seconds since the one before; NaN for the first."""
        return tuple(step.mean_s for step in self.steps)

    @property
    def median_s(self) -> tuple[float, ...]:
        """Return for each step the median seconds since the one before; NaN for the first."""
        return tuple(step.median_s for step in self.steps)

    @property
    def open(self) -> tuple[int, ...]:
        """Return for each step how many of those dropped there may still get further."""
        return tuple(step.open for step in self.steps)

    @property
    def conversion(self) -> float:
        """Return the share of entrants who took the last step; NaN when nobody entered."""
        first, last = self.counts[0], self.counts[-1]
        return last / first if first else float("nan")

    def people(self, step: int, part: Part = Part.REACHED) -> I64:
        """Return the ids of the people at a step, rising; when people are counted, just as many.

        Args:
            step: number of the step, from 0.
            part: which of them.

        Raises:
            BadInput: there is no such step.
        """
        rows = self.attempts.at(self._step(step), part)
        return np.unique(self.attempts.units.person[rows]).astype(np.int64)

    def crowd(self, step: int, part: Part = Part.REACHED) -> Crowd:
        """Return the people at a step with how often, when last, and seconds since entering.

        Raises:
            BadInput: there is no such step.
        """
        return crowd_of(self.attempts, self.attempts.at(self._step(step), part), step)

    def durations_s(self) -> F64:
        """Return the seconds from the first step to the last of all who took it."""
        return self.attempts.seconds_in_all()

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame, one row a step: the fields of `FunnelStep`.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self.steps)

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self.steps)

    def _repr_html_(self) -> str:
        return funnel_html(self.steps)

    def _step(self, step: int) -> int:
        if not 0 <= step < len(self.steps):
            message = f"there is no step {step}; they are 0 … {len(self.steps) - 1}"
            raise BadInput(message, where="step")
        return step


def crowd_of(attempts: Attempts, rows: Flags, step: int) -> Crowd:
    """Return the people of some rows; `seconds` are from entering to the step."""
    units = attempts.units
    at, entered = attempts.times_us(step)[rows], attempts.times_us(0)[rows]
    who = units.person[rows].astype(np.int64)
    order = np.lexsort((at, who))
    who, at, entered = who[order], at[order], entered[order]
    first = np.flatnonzero(np.diff(who, prepend=-1))
    counts = np.diff(np.append(first, len(who)))
    return Crowd(
        person=who[first],
        counts=counts,
        last_at=at[first + counts - 1] if len(first) else at,
        took=at - entered,
    )


def joined(parts: Iterable[Units]) -> Units:
    """Return the units of all; their people are disjoint."""
    columns = list(zip(*parts, strict=True))
    if not columns:
        none = np.zeros(0, np.uint8)
        who = none.astype(np.uint32)
        return Units(who, none, none, none.astype(np.int64), who)
    return Units(*(np.concatenate(column) for column in columns))
