"""What the time ledger needs from outside: everybody's events, and what events are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hamsafar.expr import NOTHING, Fields
from hamsafar.journeys import Roles, Sequences, Stamp


class Lives(Protocol):
    """The live history; `journeys.services.explore.Explore` is one."""

    def sequences(self, wanted: Fields = NOTHING) -> tuple[Stamp, Sequences]:
        """Return the history with these columns, and which state of it that is."""
        ...


class RoleBook(Protocol):
    """What event names mean here, with what people set by hand."""

    def roles(self, names: Sequence[str]) -> Roles:
        """Return the roles of these names."""
        ...


class NullRoleBook:
    """Nobody set anything: names mean what they say."""

    def roles(self, names: Sequence[str]) -> Roles:
        """Return the roles the rules give."""
        return Roles.of(names)
