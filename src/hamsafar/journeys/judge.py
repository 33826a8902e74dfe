"""Who decides conditions over a history: closures, or an engine that does it faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hamsafar.expr import Condition
from hamsafar.journeys.columns import PropertyColumn, TraitColumn
from hamsafar.journeys.shards import U8
from hamsafar.storage.types import SortedChunk


class Told(Protocol):
    """What a judge is told: `Sequences`, with the columns a condition reads."""

    @property
    def chunks(self) -> tuple[SortedChunk, ...]:
        """Return the columns of events."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Return event names by code."""
        ...

    @property
    def channels(self) -> tuple[str, ...]:
        """Return channel names by code."""
        ...

    @property
    def properties(self) -> Mapping[str, PropertyColumn]:
        """Return columns of events."""
        ...

    @property
    def traits(self) -> Mapping[str, TraitColumn]:
        """Return columns of persons."""
        ...


class Judge(Protocol):
    """Decides a condition whose columns are there. Answers must equal those of the closures."""

    def event_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[n], read-only: 1 for the events of chunk `at` it holds of."""
        ...

    def person_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[p], read-only: 1 for the persons of chunk `at` it holds of."""
        ...
