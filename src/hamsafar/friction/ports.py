"""What friction needs from outside: everybody's events in order, with their properties."""

from __future__ import annotations

from typing import Protocol

from hamsafar.expr import Fields
from hamsafar.journeys import Sequences, Stamp


class Lives(Protocol):
    """The live history; `journeys.services.explore.Explore` is one."""

    def sequences(self, wanted: Fields) -> tuple[Stamp, Sequences]:
        """Return the history with these columns (others may be too), and its state."""
        ...


class NullLives:
    """Nobody ever lived."""

    def sequences(self, wanted: Fields) -> tuple[Stamp, Sequences]:
        """Return no events."""
        del wanted
        return Stamp(manifest=0, identity=0), Sequences.from_chunks((), names=())
