"""What a funnel answers: counts, times, and the people behind each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.funnel_chart import funnel_html
from hamsafar.journeys.funnel_types import FunnelRules, Step
from hamsafar.journeys.funnel_work import NEVER, Units
from hamsafar.journeys.kernels import funnel_tell_kernels
from hamsafar.journeys.reading import Label
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
        as_of_us: who can go on after this is open.
        keep_zero: durations of zero count in means and medians.
        labels: how the caller names people, by id; None: by the id.
    """

    units: Units = field(repr=False)
    steps: tuple[Step, ...] = field(repr=False)
    as_of_us: int
    keep_zero: bool = True
    labels: Sequence[Label] | None = field(default=None, repr=False)

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
            until=units.until[rows],
            time=units.time[cells],
            value=units.value[rows] if len(units.value) else units.value,
        )
        return replace(self, units=kept)

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
            found &= self.units.until > self.as_of_us
        return found

    def seconds_in_all(self) -> F64:
        """Return the seconds from the first step to the last, of those who took it."""
        now = self.times_us(len(self.steps) - 1)
        seconds: F64 = self.lasting((now - self.times_us(0))[now != NEVER]) / _SECOND_US
        return seconds

    def lasting(self, took_us: I64) -> I64:
        """Return the durations that count."""
        return took_us if self.keep_zero else took_us[took_us > 0]


def next_required(steps: Sequence[Step], step: int) -> int | None:
    """Return the next step that is not optional; None after the last, and for an optional one."""
    if steps[step].optional:
        return None
    following = (number for number in range(step + 1, len(steps)) if not steps[number].optional)
    return next(following, None)


def tell_steps(attempts: Attempts) -> tuple[FunnelStep, ...]:
    """Return the figures of each step."""
    units, steps = attempts.units, attempts.steps
    size = len(steps)
    following = [next_required(steps, number) for number in range(size)]
    reached = np.bincount(units.length, minlength=size + 1)
    begins = np.concatenate([[0], np.cumsum(np.cumsum(reached[::-1])[::-1][1:])])
    counts, ends = np.zeros(3 * size, np.int64), begins[:-1].copy()
    took = np.empty(int(begins[-1]), np.int64)
    funnel_tell_kernels().tell(
        (units.length, units.until, units.time),
        np.array([-1 if one is None else one for one in following], np.int64),
        attempts.as_of_us,
        counts,
        took,
        ends,
    )
    found = []
    for number, step in enumerate(steps):
        last = ends[number] if number else 0
        mean, median, p95 = _figures(attempts.lasting(took[begins[number] : last]))
        count, dropped, is_open = counts.reshape(3, size)[:, number].tolist()
        found.append(
            FunnelStep(step.label, step.optional, count, dropped, is_open, mean, median, p95)
        )
    return tuple(found)


def _figures(took_us: I64) -> tuple[float, float, float]:
    """Return mean, median and 95th percentile in seconds; NaN of nothing."""
    if not len(took_us):
        return float("nan"), float("nan"), float("nan")
    mean = float(took_us.mean()) / _SECOND_US
    median, p95 = (np.quantile(took_us, [0.5, 0.95]) / _SECOND_US).tolist()
    return mean, median, p95


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
    crowd = Crowd(
        person=who[first],
        counts=counts,
        last_at=at[first + counts - 1] if len(first) else at,
        took=at - entered,
    )
    return crowd.labelled(attempts.labels)


def joined(parts: Iterable[Units]) -> Units:
    """Return the units of all; their people are disjoint."""
    columns = list(zip(*parts, strict=True))
    if not columns:
        few, many = np.zeros(0, np.uint8), np.zeros(0, np.int64)
        who = np.zeros(0, np.uint32)
        return Units(who, few, few, many, many, who)
    return Units(*(column[0] if len(column) == 1 else np.concatenate(column) for column in columns))
