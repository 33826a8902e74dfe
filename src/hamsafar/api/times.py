"""Times in JSON: ISO 8601, UTC, milliseconds, `Z`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hamsafar.kernel.errors import BadInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST_US = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST_US = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""A client's clock may stand anywhere; the calendar ends with the year 9999."""


def iso(us: int) -> str:
    """Return the moment `us` (µs UTC) as text; beyond the calendar, its edge.

    >>> iso(1_790_000_000_123_456)
    '2026-09-21T14:13:20.123Z'
    """
    within = min(max(us, _FIRST_US), _LAST_US)
    text = (_EPOCH + timedelta(microseconds=within)).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def iso_or_none(us: int | None) -> str | None:
    """Return the moment as text, None for None."""
    return None if us is None else iso(us)


def moment(text: str, where: str) -> int | None:
    """Return the µs UTC of a moment in a query, None for empty text.

    Raises:
        BadInput: not ISO 8601, or without a zone.
    """
    if not text:
        return None
    try:
        # A plus sign that was not escaped arrives as a space.
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        if found.tzinfo is None and len(text.strip()) > len("2026-11-23"):
            raise BadInput("give the time zone too, such as 2026-11-23T10:00:00Z", where=where)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        return (found - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        raise BadInput("give a time such as 2026-11-23T10:00:00Z", where=where) from None
