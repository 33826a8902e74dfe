"""A run: what walking for a query found, before it is decided what of it may be shown."""

from __future__ import annotations

import math
from typing import Protocol

from hamsafar.journeys.answers import Result
from hamsafar.journeys.drilldown import Crowd
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Key

Keys = tuple[Key, ...]
"""What a cell says after its side: which number of the result it is."""


class Run(Protocol):
    """The walk of one query over one ground."""

    def result(self, least: int) -> Result:
        """Return the result; a number of fewer than `least` people, and what tells it, is hidden."""
        ...

    def crowd(self, keys: Keys) -> Crowd:
        """Return everybody behind a number, exactly.

        Raises:
            BadInput: the result has no such number.
        """
        ...


def no_cell() -> BadInput:
    """Return the error of a cell that the result does not have."""
    return BadInput("this answer has no such number; take `cell` of a figure in it", where="cell")


def finite(seconds: float | None) -> float | None:
    """Return a number JSON can hold; None for what is not defined.

    >>> finite(float("nan")), finite(2.5)
    (None, 2.5)
    """
    return None if seconds is None or not math.isfinite(seconds) else seconds
