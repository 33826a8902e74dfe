"""When a row happened: how a time column is written, and µs UTC of each of its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from hamsafar.kernel.errors import BadInput
from hamsafar.lang.calendar import Calendar, civil_date
from hamsafar.lang.digits import to_latin

_US = pa.timestamp("us")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  the Z is written by hand: half the cost
_CLOCK = r"(?:[T\s،,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([aApP][mM])?)?"
_ZONE = r"\s*(Z|z|UTC|[+-]\d{2}:?\d{2}(?::\d{2})?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2}?|\d{2})\2(\d{1,2})" + _CLOCK + _ZONE)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _CLOCK + _ZONE)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_COMPACT = re.compile(r"(1[2-9]|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_LAST_JALALI_YEAR = 1700
_MONTHS = 12
_NOON = 12
_SHARE_NEEDED = 0.95
_LEAST_EPOCH = 1e8


class Writing(StrEnum):
    """How times are written."""

    ISO = "iso"
    JALALI = "jalali"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    SECONDS = "epoch_s"
    MILLISECONDS = "epoch_ms"
    MICROSECONDS = "epoch_us"
    NANOSECONDS = "epoch_ns"


_WORDS = {
    Writing.ISO: "year-month-day",
    Writing.JALALI: "Jalali year/month/day",
    Writing.DAY_FIRST: "day/month/year",
    Writing.MONTH_FIRST: "month/day/year",
    Writing.SECONDS: "seconds since 1970",
    Writing.MILLISECONDS: "milliseconds since 1970",
    Writing.MICROSECONDS: "microseconds since 1970",
    Writing.NANOSECONDS: "nanoseconds since 1970",
}
_PER_US = {
    Writing.SECONDS: 1_000_000.0,
    Writing.MILLISECONDS: 1_000.0,
    Writing.MICROSECONDS: 1.0,
    Writing.NANOSECONDS: 0.001,
}


@dataclass(frozen=True, slots=True)
class Timing:
    """How the times of a file are to be read.

    Attributes:
        writing: the form.
        zone: IANA zone of times without an offset; empty: such times are refused.
        naive: whether the sample had times without an offset.
    """

    writing: Writing
    zone: str
    naive: bool

    @property
    def words(self) -> str:
        """Return it for people."""
        where = f", {self.zone}" if self.naive and self.zone else ""
        return f"{_WORDS[self.writing]}{where}"


def decide(values: Sequence[str], *, zone: str, column: str) -> Timing | None:
    """Return how these times are written, or None when they are no times.

    Raises:
        BadInput: day and month cannot be told apart, or `zone` is no zone.
    """
    texts = [to_latin(value).strip() for value in values if value.strip()]
    if not texts:
        return None
    if zone:
        _zone(zone)
    number = _epoch(texts)
    if number is not None:
        return Timing(number, zone, naive=False)
    needed = _SHARE_NEEDED * len(texts)
    first = [match for text in texts if (match := _YEAR_FIRST.fullmatch(text))]
    if len(first) >= needed:
        jalali = sum(int(match[1]) < _LAST_JALALI_YEAR for match in first)
        writing = Writing.JALALI if jalali >= needed else Writing.ISO
        return Timing(writing, zone, naive=any(match[10] is None for match in first))
    last = [match for text in texts if (match := _YEAR_LAST.fullmatch(text))]
    if len(last) >= needed:
        naive = any(match[10] is None for match in last)
        return Timing(_day_or_month_first(last, column), zone, naive=naive)
    return None


def _epoch(texts: list[str]) -> Writing | None:
    if not all(_NUMBER.fullmatch(text) for text in texts):
        return None
    if all(_COMPACT.fullmatch(text) for text in texts):
        return None
    # Small numbers are counts, prices or stand for "never", not moments: 1e8 s is 1973.
    sizes = [size for text in texts if (size := abs(float(text))) > _LEAST_EPOCH]
    units = {_unit(size) for size in sizes}
    return units.pop() if len(units) == 1 else None


def _unit(size: float) -> Writing | None:
    """Return what an epoch number of this size counts."""
    for writing, below in (
        (Writing.SECONDS, 1e11),
        (Writing.MILLISECONDS, 1e14),
        (Writing.MICROSECONDS, 1e17),
        (Writing.NANOSECONDS, 1e20),
    ):
        if size < below:
            return writing
    return None


def _day_or_month_first(matches: list[re.Match[str]], column: str) -> Writing:
    first = any(int(match[1]) > _MONTHS for match in matches)
    second = any(int(match[3]) > _MONTHS for match in matches)
    if first != second:
        return Writing.DAY_FIRST if first else Writing.MONTH_FIRST
    if all(match[2] == "." for match in matches):
        return Writing.DAY_FIRST
    example = matches[0].group()
    raise BadInput(
        f"column {column!r}: is {example!r} day/month or month/day? "
        "Say --time-format dmy or --time-format mdy",
        where=column,
    )


def moments(column: pa.Array, timing: Timing) -> pa.Array:
    """Return i64 µs UTC of each value, null where it is no time (or has no zone).

    Args:
        column: text, numbers, dates or timestamps.
        timing: how to read it.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _typed(column, timing)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numbers(column, timing.writing)
    if timing.writing in _PER_US:
        return _number_texts(column, timing)
    if timing.writing is Writing.ISO:
        found = _iso(column, timing)
        if found is not None:
            return found
    values = [None if text is None else moment_of(text, timing) for text in column.to_pylist()]
    return pa.array(values, pa.int64())


def moment_of(text: str, timing: Timing) -> int | None:
    """Return µs UTC of one written time, or None when it is none (or has no zone)."""
    latin = to_latin(text).strip()
    if timing.writing in _PER_US:
        return _epoch_us(latin, timing.writing) if _NUMBER.fullmatch(latin) else None
    is_last = timing.writing in {Writing.DAY_FIRST, Writing.MONTH_FIRST}
    match = (_YEAR_LAST if is_last else _YEAR_FIRST).fullmatch(latin)
    if match is None:
        return None
    parts = match[1], match[3], match[4]
    if is_last:
        day, month = (0, 1) if timing.writing is Writing.DAY_FIRST else (1, 0)
        parts = parts[2], parts[month], parts[day]
    calendar = Calendar.JALALI if timing.writing is Writing.JALALI else Calendar.GREGORIAN
    try:
        on = _day(calendar, int(parts[0]), int(parts[1]), int(parts[2]))
        return _at(on, match, timing.zone)
    except (BadInput, ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _day(calendar: Calendar, year: int, month: int, day: int) -> date:
    return civil_date(calendar, year, month, day)


def _at(on: date, match: re.Match[str], zone: str) -> int | None:
    hour, minute, second = int(match[5] or 0), int(match[6] or 0), int(match[7] or 0)
    micro = int((match[8] or "0").ljust(6, "0")[:6])
    if match[9]:
        hour = hour % _NOON + (_NOON if match[9].lower() == "pm" else 0)
    offset = match[10]
    if offset is None and not zone:
        return None
    local = datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=_offset(offset, zone))
    return int(local.timestamp()) * 1_000_000 + micro


@lru_cache(maxsize=512)
def _offset(offset: str | None, zone: str) -> tzinfo | None:
    if offset is None:
        return _zone(zone)
    if offset in {"Z", "z", "UTC"}:
        return UTC
    return datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise BadInput(
            f"--tz {name!r} is no time zone: give one such as Asia/Tehran or UTC", where="tz"
        ) from None


def _epoch_us(text: str, writing: Writing) -> int:
    whole, _, rest = text.partition(".")
    scale = _PER_US[writing]
    if scale >= 1:
        return int(whole) * int(scale) + round(float(f"0.{rest or 0}") * scale)
    return int(whole) // 1000


def _typed(column: pa.Array, timing: Timing) -> pa.Array:
    if pa.types.is_timestamp(column.type) and column.type.tz:
        return column.cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.int64())
    naive = column.cast(_US, safe=False)
    return _with_zone(naive, timing.zone)


def _with_zone(naive: pa.Array, zone: str) -> pa.Array:
    if not zone:
        return pa.nulls(len(naive), pa.int64())
    try:
        return pc.assume_timezone(naive, zone, ambiguous="earliest").cast(pa.int64())
    except pa.ArrowInvalid:
        # An hour that a clock change skips: Arrow and Python place it differently; one rule for all.
        values = [None if at is None else _in_zone(at, zone) for at in naive.to_pylist()]
        return pa.array(values, pa.int64())


def _in_zone(naive: datetime, zone: str) -> int:
    since = naive.replace(tzinfo=_zone(zone)) - _EPOCH.replace(tzinfo=UTC)
    return since // timedelta(microseconds=1)


def _numbers(column: pa.Array, writing: Writing) -> pa.Array:
    scale = _PER_US[writing]
    if pa.types.is_integer(column.type):
        whole = column.cast(pa.int64())
        if scale >= 1:
            return pc.multiply(whole, pa.scalar(int(scale), pa.int64()))
        return pc.divide(whole, pa.scalar(1000, pa.int64()))
    scaled = pc.multiply(column.cast(pa.float64()), scale)
    return pc.round(scaled).cast(pa.int64(), safe=False)


def _number_texts(column: pa.Array, timing: Timing) -> pa.Array:
    try:
        return _numbers(column.cast(pa.int64()), timing.writing)
    except pa.ArrowInvalid:
        values = [None if t is None else moment_of(t, timing) for t in column.to_pylist()]
        return pa.array(values, pa.int64())


def _iso(column: pa.Array, timing: Timing) -> pa.Array | None:
    """Read plain ISO 8601 at once; None when some value is written otherwise."""
    try:
        return _with_zone(column.cast(_US), timing.zone)
    except pa.ArrowInvalid:
        pass
    try:
        return column.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    except pa.ArrowInvalid:
        return None


def plain_iso(text: str, zone: str) -> str:
    """Return a time that is plain ISO 8601 with its offset; empty when it is not, or has none.

    A shortcut past `moment_of`, at a fifth of its cost.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    if moment.tzinfo is None:
        if not zone:
            return ""
        moment = moment.replace(tzinfo=_zone(zone))
    return moment.isoformat()


def iso(moment_us: int) -> str:
    """Return ISO 8601 in UTC, with microseconds."""
    return (_EPOCH + timedelta(microseconds=moment_us)).isoformat() + "Z"
