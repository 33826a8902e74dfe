"""What maps need from outside: everybody's events in order."""

from __future__ import annotations

from typing import Protocol

from hamsafar.expr import NOTHING, Fields
from hamsafar.journeys import Sequences, Stamp


class Lives(Protocol):
    """The live history; `journeys.services.explore.Explore` is one."""

    def sequences(self, wanted: Fields = NOTHING) -> tuple[Stamp, Sequences]:
        """Return the history with these columns, and which state of it that is."""
        ...


class NullLives:
    """Nobody ever lived."""

    def sequences(self, wanted: Fields = NOTHING) -> tuple[Stamp, Sequences]:  # noqa: ARG002
        """Return no events."""
        return Stamp(manifest=0, identity=0), Sequences.from_chunks((), names=())
