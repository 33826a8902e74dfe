"""Working time: how much of a stretch of time lies within working hours, exactly.

Spans of a local clock become spans of UTC once, for a whole range of days; how much is open up to a
moment is then one binary search and one subtraction, for as many moments as one likes. A moment is
open when the local clock shows an open time: where clocks jump, an hour that does not exist is not
worked, and one that comes twice is worked twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from hamsafar.kernel.errors import BadInput
from hamsafar.lang.calendar import holidays, parse_date
from hamsafar.lang.errors import NotUnderstood, UnknownCountry
from hamsafar.ledger.types import WEEKDAYS, WorkingHours
from hamsafar.storage.types import I64

MINUTE_US = 60_000_000
DAY_US = 86_400_000_000
MAX_SPANS = 10
MAX_CLOSED = 1_000
MAX_SECONDS = 10**9
_EPOCH = date(1970, 1, 1)
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_DAY_MINUTES = 24 * 60
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class OpenTime:
    """Open spans of UTC, in order, apart from each other.

    Attributes:
        starts, ends: i64[k], µs UTC.
        before: i64[k], open µs before each span.
    """

    starts: I64 = field(repr=False)
    ends: I64 = field(repr=False)
    before: I64 = field(repr=False)

    def until(self, at: I64) -> I64:
        """Return i64[n]: the open µs before each moment."""
        if not len(self.starts):
            return np.zeros_like(at)
        span = np.searchsorted(self.starts, at, side="right") - 1
        inside = np.minimum(at, self.ends[span]) - self.starts[span]
        return np.where(span >= 0, self.before[span] + inside, 0)

    def between(self, first: I64, last: I64) -> I64:
        """Return i64[n]: the open µs of each stretch."""
        return self.until(last) - self.until(first)


def checked(hours: WorkingHours) -> WorkingHours:
    """Return the hours if they can be.

    Raises:
        BadInput: they cannot; `where` names the field.
    """
    if not _ID.fullmatch(hours.id):
        raise BadInput("give an id of a-z, 0-9, - and _, such as call-centre", where="id")
    _zone(hours.zone)
    _check_week(hours)
    if len(hours.closed) > MAX_CLOSED:
        raise BadInput(f"at most {MAX_CLOSED} dates", where="closed")
    for number, text in enumerate(hours.closed):
        _date(text, f"closed[{number}]")
    if hours.country:
        _holidays(hours.country, date(2026, 1, 1), date(2026, 1, 2))
    for name in ("respond_s", "resolve_s"):
        seconds = getattr(hours, name)
        if seconds is not None and not 0 < seconds <= MAX_SECONDS:
            raise BadInput("give seconds above 0, or null", where=name)
    return hours


def _check_week(hours: WorkingHours) -> None:
    for day, spans in hours.week.items():
        if day not in WEEKDAYS:
            raise BadInput(f"days are {', '.join(WEEKDAYS)}", where=f"week.{day}")
        if len(spans) > MAX_SPANS:
            raise BadInput(f"at most {MAX_SPANS} spans a day", where=f"week.{day}")
        for number, span in enumerate(spans):
            _minutes(span, f"week.{day}[{number}]")


def open_time(hours: WorkingHours, first_us: int, last_us: int) -> OpenTime:
    """Return when it is open from one moment to another (and a little before and after).

    Args:
        hours: sound ones (`checked`).
        first_us: from when, µs UTC.
        last_us: to when.

    Raises:
        BadInput: a zone, date or country that is none.
    """
    zone = _zone(hours.zone)
    low = max(_day_of(first_us) - timedelta(days=2), _FIRST)
    high = min(_day_of(last_us) + timedelta(days=3), _LAST)
    local = _local_spans(hours, low, high)
    return _joined(_to_utc(local, zone, low, high))


def always(first_us: int, last_us: int) -> OpenTime:
    """Return a time that is always open, e.g. of a channel nobody set hours for."""
    low, high = np.array([first_us]), np.array([max(last_us, first_us)])
    return OpenTime(low, high, np.zeros(1, np.int64))


def _local_spans(hours: WorkingHours, low: date, high: date) -> I64:
    """Return i64[k, 2]: open spans of the local clock, µs since 1970 of that clock."""
    closed = {_date(text, "closed") for text in hours.closed}
    if hours.country:
        closed |= _holidays(hours.country, low, high)
    week = [[_minutes(span, "week") for span in hours.week.get(day, ())] for day in WEEKDAYS]
    found: list[tuple[int, int]] = []
    day = low
    while day <= high:
        if day not in closed:
            midnight = (day - _EPOCH).days * DAY_US
            found += [
                (midnight + a * MINUTE_US, midnight + b * MINUTE_US) for a, b in week[day.weekday()]
            ]
        day += timedelta(days=1)
    return np.array(found, np.int64).reshape(-1, 2)


def _to_utc(local: I64, zone: ZoneInfo, low: date, high: date) -> I64:
    """Return the same spans of UTC: in each stretch with one offset they are shifted by it."""
    parts = []
    for first, last, offset in _offsets(zone, low, high):
        spans = np.clip(local - offset, first, last)
        parts.append(spans[spans[:, 1] > spans[:, 0]])
    return np.concatenate(parts) if parts else local


def _offsets(zone: ZoneInfo, low: date, high: date) -> list[tuple[int, int, int]]:
    """Return (from, to, offset) µs of each stretch of UTC in which the zone's offset is one."""
    first = (low - _EPOCH).days * DAY_US - DAY_US
    last = (high - _EPOCH).days * DAY_US + 2 * DAY_US
    found: list[tuple[int, int, int]] = []
    begun, offset = first, _offset_us(zone, first)
    for day in range(first + DAY_US, last + DAY_US, DAY_US):
        if _offset_us(zone, day) == offset:
            continue
        # The change lies within this day: found to the second.
        a, b = day - DAY_US, day
        while b - a > 1_000_000:
            middle = (a + b) // 2_000_000 * 1_000_000
            a, b = (middle, b) if _offset_us(zone, middle) == offset else (a, middle)
        found.append((begun, b, offset))
        begun, offset = b, _offset_us(zone, b)
    return [*found, (begun, last + DAY_US, offset)]


def _offset_us(zone: ZoneInfo, at: int) -> int:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    offset = moment.astimezone(zone).utcoffset() or timedelta(0)
    return offset // timedelta(microseconds=1)


def _joined(spans: I64) -> OpenTime:
    """Return spans in order with those that touch or overlap as one."""
    none = np.zeros(0, np.int64)
    if not len(spans):
        return OpenTime(none, none, none)
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    fresh = np.concatenate([[True], spans[1:, 0] > reach[:-1]])
    first = np.flatnonzero(fresh)
    starts = spans[first, 0]
    ends = reach[np.append(first[1:], len(spans)) - 1]
    before = np.concatenate([[0], np.cumsum(ends - starts)[:-1]])
    return OpenTime(starts, ends, before)


def _minutes(span: tuple[str, str], where: str) -> tuple[int, int]:
    """Return the minutes of the day a span begins and ends at; the end may lie on the next day."""
    found = []
    for text in span:
        match = _TIME.fullmatch(text)
        minutes = int(match[1]) * 60 + int(match[2]) if match else -1
        if not 0 <= minutes <= _DAY_MINUTES:
            raise BadInput(f'{text!r} is no time of day, such as "09:00"', where=where)
        found.append(minutes)
    begin, end = found
    if begin == _DAY_MINUTES:
        raise BadInput("a span cannot begin at 24:00", where=where)
    return begin, end if end > begin else end + _DAY_MINUTES


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            f"there is no time zone {name!r}, such as Asia/Tehran", where="zone"
        ) from None


def _date(text: str, where: str) -> date:
    try:
        return parse_date(text)
    except NotUnderstood as error:
        raise BadInput(str(error), where=where) from None


def _holidays(country: str, low: date, high: date) -> set[date]:
    try:
        return {holiday.on for holiday in holidays(country, low, high)}
    except UnknownCountry:
        message = f"there is no calendar of holidays for {country!r}; leave it empty"
        raise BadInput(message, where="country") from None


def _day_of(us: int) -> date:
    days = max(min(us // DAY_US, (_LAST - _EPOCH).days), (_FIRST - _EPOCH).days)
    return _EPOCH + timedelta(days=days)
