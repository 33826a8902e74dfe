"""What time an event happened: the client's word, corrected by its own clock's error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hamsafar.collect.errors import BadTime
from hamsafar.collect.why import Why, because
from hamsafar.kernel.clock import DAY_US, SECOND_US

_SECONDS_BELOW = 100_000_000_000
_MILLISECONDS_BELOW = 100_000_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def parse_time(value: str | float, zone: str, field: str) -> int:
    """Return µs UTC of a time as clients send it.

    Args:
        value: ISO 8601 text, or epoch seconds, milliseconds or microseconds (told by size).
        zone: IANA zone of texts without an offset.
        field: name for the error.

    Raises:
        BadTime: not a time.
    """
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return _parse_epoch_text(value, field)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=_zone(zone))
        since = moment - _EPOCH
        return (since.days * _DAY_S + since.seconds) * SECOND_US + since.microseconds
    return _from_epoch(value, field)


def time_text(us: int) -> str | int:
    """Return what `parse_time` reads as this moment: a number alone would be taken by its size.

    >>> time_text(1_500_000)
    '1970-01-01T00:00:01.500000+00:00'
    """
    try:
        return (_EPOCH + timedelta(microseconds=us)).isoformat()
    except OverflowError:
        return us  # before year 1 or after 9999: so large that it can only be µs


def _parse_epoch_text(value: str, field: str) -> int:
    try:
        number = float(value)
    except ValueError:
        raise BadTime(because(Why.NO_TIME, field=field), where=field) from None
    return _from_epoch(number, field)


def _from_epoch(value: float, field: str) -> int:
    size = abs(value)
    if not size < _MILLISECONDS_BELOW * 1000:
        raise BadTime(because(Why.TIME_RANGE, field=field), where=field)
    if size < _SECONDS_BELOW:
        return round(value * SECOND_US)
    return round(value * 1000) if size < _MILLISECONDS_BELOW else round(value)


def time_or_none(value: str | float | None, zone: str) -> int | None:
    """Return a time that only corrects others, None when absent or not a time."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        return parse_time(value, zone, "sentAt")
    except BadTime:
        return None


def occurred_at(*, received: int, original: int | None, sent: int | None, trusted: bool) -> int:
    """Return when an event happened, µs UTC.

    Args:
        received: when it reached us.
        original: the client's word, None when it gave none.
        sent: when the client says it sent it, by the same clock.
        trusted: the client gave both its own time and a corrected one: keep the corrected.

    Returns:
        `received - (sent - original)`; never more than 24 h after `received`.

    Source: Segment, "timestamp = receivedAt - (sentAt - originalTimestamp)".
    """
    if original is None:
        return received
    moment = original if trusted or sent is None else received - (sent - original)
    return min(moment, received + DAY_US)
