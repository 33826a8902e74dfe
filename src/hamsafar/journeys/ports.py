"""What journeys need from outside: the history as sorted chunks."""

from __future__ import annotations

from typing import Protocol

from hamsafar.journeys.types import Snapshot, Stamp


class Journal(Protocol):
    """The history under the present identities, with the newest events."""

    def stamp(self) -> Stamp:
        """Return which state the history is in; cheap, asked at every question."""
        ...

    def snapshot(self) -> Snapshot:
        """Return the history with the names of its codes, and the stamp it really is.

        Names and channels are read after the chunks, so that no code is without one.
        """
        ...


class NullJournal:
    """Nothing ever happened."""

    def stamp(self) -> Stamp:
        """Return the first stamp."""
        return Stamp(manifest=0, identity=0)

    def snapshot(self) -> Snapshot:
        """Return no chunks."""
        return Snapshot(stamp=self.stamp(), chunks=(), names=())
