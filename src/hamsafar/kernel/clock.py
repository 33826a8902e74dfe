"""Time as a port: business code asks a Clock, never the machine."""

from __future__ import annotations

import time
from typing import Protocol

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US


class Clock(Protocol):
    """Gives the time."""

    def now_us(self) -> int:
        """Return µs since 1970-01-01 UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        """Return µs since 1970-01-01 UTC."""
        return time.time_ns() // 1000


class FixedClock:
    """A clock that stands until it is moved; for tests and rehearsals."""

    def __init__(self, now_us: int) -> None:
        self._now_us = now_us

    def now_us(self) -> int:
        """Return the time it was set to."""
        return self._now_us

    def move(self, by_us: int) -> None:
        """Move forward (or back) by `by_us`."""
        self._now_us += by_us
