"""What friction needs from outside: everybody's events in order, with their properties."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from hamsafar.expr import Fields
from hamsafar.journeys import Sequences, Stamp
from hamsafar.storage.types import I64


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


class Feed(Protocol):
    """Tells whose events changed."""

    def people_since(self, known: Stamp) -> I64:
        """Return whoever has events the state did not have, or was joined or parted since; rising.

        People who had nothing new may be among them.
        """
        ...


class NullFeed:
    """Nothing ever changes."""

    def people_since(self, known: Stamp) -> I64:
        """Return nobody."""
        del known
        return np.zeros(0, np.int64)
