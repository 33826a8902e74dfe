"""What journeys need from outside: the history as sorted chunks, and what its events say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from hamsafar.expr import Condition, Fields
from hamsafar.journeys.columns import PropertyColumn, TraitColumn, columns_of
from hamsafar.journeys.groups import SavedGroup, UnknownGroup
from hamsafar.journeys.judge import Judge
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.types import FieldSeen, Snapshot, Stamp

__all__ = ["GroupBook", "Journal", "Judge", "NullGroups", "NullJournal"]


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


class GroupBook(Protocol):
    """The saved groups, for who asks within them."""

    def get(self, group_id: str) -> SavedGroup:
        """Return a group.

        Raises:
            UnknownGroup: there is none.
        """
        ...

    def conditions(self, group_ids: Iterable[str]) -> tuple[Condition, ...]:
        """Return the conditions of some groups, all of one moment.

        Raises:
            UnknownGroup: one of them is not there.
        """
        ...


class NullGroups:
    """Nobody saved a group."""

    def get(self, group_id: str) -> SavedGroup:
        """Find nothing.

        Raises:
            UnknownGroup: always.
        """
        raise UnknownGroup(group_id)

    def conditions(self, group_ids: Iterable[str]) -> tuple[Condition, ...]:
        """Return nothing for nobody.

        Raises:
            UnknownGroup: one is asked for.
        """
        return tuple(self.get(group_id).condition for group_id in group_ids)
