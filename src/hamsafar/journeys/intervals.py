"""Intervals of the calendar: days, weeks and months as people in a place count them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import frozen
from hamsafar.journeys.types import Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.lang.calendar import Calendar, WeekStart, month_of, to_jalali, week_of
from hamsafar.storage.types import I64

MOST_INTERVALS = 4_000
"""More intervals than anybody reads; eleven years of days."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST, _LATEST = date(1000, 1, 1), date(2990, 1, 1)
"""Dates both calendars can write."""


class Unit(StrEnum):
    """How long an interval is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    JALALI_MONTH = "jalali_month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockface:
    """How a place counts time.

    Attributes:
        unit: length of an interval.
        zone: IANA name of the time zone whose midnights part the days.
        week_start: the first day of a week.
    """

    unit: Unit = Unit.DAY
    zone: str = "UTC"
    week_start: WeekStart = WeekStart.SATURDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Neighbouring intervals.

    Attributes:
        edges: i64[n + 1], rising, µs UTC; interval k is `edges[k]` ≤ time < `edges[k + 1]`.
        labels: n names: the first day as `2026-11-21`, or the month as `2026-11` or `1405-09`.
    """

    edges: I64
    labels: tuple[str, ...]

    def __len__(self) -> int:
        """Return how many intervals there are."""
        return len(self.labels)


def intervals_between(
    face: Clockface, first_us: int, last_us: int, *, before: int = 0, after: int = 0
) -> Intervals:
    """Return the intervals from that of `first_us` to that of `last_us`, both included.

    A day begins at the first moment that bears its date, so a day is 23 or 25 hours long when
    clocks change, and begins at 01:00 where they skip midnight.

    Args:
        face: unit, zone and week.
        first_us: µs UTC.
        last_us: µs UTC, not before `first_us`.
        before: so many intervals more in front.
        after: so many intervals more behind.

    Raises:
        BadInput: an unknown zone, times no calendar has, or more than `MOST_INTERVALS`.
    """
    zone = _zone(face.zone)
    first, last = _day(first_us, zone), _day(last_us, zone)
    span = _SPANS[face.unit]
    days = [span(first, face)[0]]
    for _ in range(before):
        days.insert(0, span(days[0] - timedelta(days=1), face)[0])
    extra = after + 1
    while extra:
        following = span(days[-1], face)[1] + timedelta(days=1)
        extra -= following > last
        days.append(following)
        if len(days) > MOST_INTERVALS + 1:
            message = f"more than {MOST_INTERVALS} intervals; take a longer unit or fewer dates"
            raise BadInput(message, where="unit")
    edges = np.array([_midnight_us(day, zone) for day in days], np.int64)
    return Intervals(edges=frozen(edges), labels=tuple(_label(day, face.unit) for day in days[:-1]))


def span_of(sequences: Sequences, filters: Filters) -> tuple[int, int]:
    """Return the first and the last µs UTC of the filters' range; where open, of the events.

    Without any events and bounds it is (0, 0).
    """
    times = [(int(c.time.min()), int(c.time.max())) for c in sequences.chunks if len(c.time)]
    low, high = filters.from_us, None if filters.to_us is None else filters.to_us - 1
    if low is None:
        low = min((first for first, _ in times), default=0 if high is None else high)
    if high is None:
        high = max(low, max((last for _, last in times), default=low))
    return min(low, high), high


def unit_of(name: str) -> Unit:
    """Return the unit of this name.

    Raises:
        BadInput: there is none.
    """
    try:
        return Unit(name)
    except ValueError:
        raise BadInput(
            f"unit must be one of {', '.join(Unit)}, not {name!r}", where="unit"
        ) from None


def week_start_of(name: str) -> WeekStart:
    """Return the first day of the week of this name.

    Raises:
        BadInput: there is none.
    """
    try:
        return WeekStart(name)
    except ValueError:
        message = f"week_start must be one of {', '.join(WeekStart)}, not {name!r}"
        raise BadInput(message, where="week_start") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"no time zone is named {name!r}; take one such as Asia/Tehran"
        raise BadInput(message, where="zone") from None


def _day(at_us: int, zone: ZoneInfo) -> date:
    try:
        day = (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone).date()
    except OverflowError:
        day = date.max
    if not _EARLIEST <= day <= _LATEST:
        message = f"intervals reach from {_EARLIEST} to {_LATEST}; narrow the dates"
        raise BadInput(message, where="from")
    return day


def _midnight_us(day: date, zone: ZoneInfo) -> int:
    # Where clocks skip midnight, the zone's offset before the gap gives the moment they skip.
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (midnight.astimezone(UTC) - _EPOCH) // _MICROSECOND


def _label(day: date, unit: Unit) -> str:
    match unit:
        case Unit.JALALI_MONTH:
            year, month, _ = to_jalali(day)
            return f"{year:04}-{month:02}"
        case Unit.MONTH:
            return f"{day.year:04}-{day.month:02}"
        case _:
            return day.isoformat()


def _one_day(on: date, _face: Clockface) -> tuple[date, date]:
    return on, on


def _week(on: date, face: Clockface) -> tuple[date, date]:
    return week_of(on, face.week_start)


def _month(on: date, _face: Clockface) -> tuple[date, date]:
    return month_of(on, Calendar.GREGORIAN)


def _jalali_month(on: date, _face: Clockface) -> tuple[date, date]:
    return month_of(on, Calendar.JALALI)


_SPANS: dict[Unit, Callable[[date, Clockface], tuple[date, date]]] = {
    Unit.DAY: _one_day,
    Unit.WEEK: _week,
    Unit.MONTH: _month,
    Unit.JALALI_MONTH: _jalali_month,
}
