"""Times as answers write them."""

from __future__ import annotations

from hamsafar.expr import iso_text

_FIRST_US = -62_135_596_800_000_000
_LAST_US = 253_402_300_799_999_000
"""A client's clock may stand anywhere; the calendar begins with year 1 and ends with 9999."""


def iso(us: int) -> str:
    """Return the moment `us` (µs UTC) as text with ms; beyond the calendar, its edge.

    >>> iso(1_790_000_000_123_456)
    '2026-09-21T14:13:20.123Z'
    """
    return iso_text(min(max(us, _FIRST_US), _LAST_US) // 1000 * 1000)
