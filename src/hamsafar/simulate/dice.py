"""Chance, drawn from the seed alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 8192


class Dice:
    """Cheap random numbers from a numpy generator, drawn in blocks.

    Attributes:
        roll: return the next number in [0, 1).
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.roll: Callable[[], float] = _rolls(rng).__next__

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.roll()

    def chance(self, share: float) -> bool:
        """Return True in this share of calls."""
        return self.roll() < share

    def below(self, count: int) -> int:
        """Return a whole number in [0, count)."""
        return int(self.roll() * count)

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[int(self.roll() * len(items))]


def _rolls(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.random(_BLOCK).tolist()
