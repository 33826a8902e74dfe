"""What journeys need from outside: the history as sorted chunks, and what its events say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hamsafar.expr import Fields
from hamsafar.journeys.columns import PropertyColumn, TraitColumn, columns_of
from hamsafar.journeys.judge import Judge
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.types import FieldSeen, Snapshot, Stamp

__all__ = ["Journal", "Judge", "NullJournal"]


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

    def loaded(self, sequences: Sequences, wanted: Fields) -> Sequences:
        """Return the same events with the columns a question reads.

        Args:
            sequences: chunks of a snapshot, all or those of some persons: events are found by
                `seq`. Of few persons only their payloads are read.
            wanted: which properties (of which events) and traits.

        Raises:
            BadInput: a field has too many different values.
        """
        ...

    def properties_seen(self, names: Sequence[str]) -> list[FieldSeen]:
        """Return what events of these names (none: of all) say, from some of the newest."""
        ...

    def traits_seen(self) -> list[FieldSeen]:
        """Return the traits people have, from some of the newest."""
        ...


class NullJournal:
    """Nothing ever happened."""

    def stamp(self) -> Stamp:
        """Return the first stamp."""
        return Stamp(manifest=0, identity=0)

    def snapshot(self) -> Snapshot:
        """Return no chunks."""
        return Snapshot(stamp=self.stamp(), chunks=(), names=())

    def loaded(self, sequences: Sequences, wanted: Fields) -> Sequences:
        """Return the same events, none of which has any property."""
        columns = {
            name: PropertyColumn.of_values([[None] * len(c.time) for c in sequences.chunks])
            for name in columns_of(wanted)
        }
        traits = {
            name: TraitColumn.of_values([[None] * (len(c.starts) - 1) for c in sequences.chunks])
            for name in wanted.traits
        }
        return sequences.with_properties(columns, traits=traits)

    def properties_seen(self, names: Sequence[str]) -> list[FieldSeen]:
        """Return nothing."""
        del names
        return []

    def traits_seen(self) -> list[FieldSeen]:
        """Return nothing."""
        return []
