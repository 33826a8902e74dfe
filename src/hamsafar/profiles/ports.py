"""What profiles need from identity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hamsafar.profiles.types import KnownIdentifier
from hamsafar.storage.ports import Tx


class Membership(Protocol):
    """Who is who, read inside the caller's transaction."""

    def nodes_of(self, tx: Tx, persons: Sequence[int]) -> dict[int, list[KnownIdentifier]]:
        """Return the nodes of each person, oldest first; unknown persons are left out."""
        ...

    def persons_of(self, tx: Tx, nodes: Sequence[int]) -> dict[int, int]:
        """Return the person of each node; unknown nodes are left out."""
        ...

    def find(self, tx: Tx, kind: str, value: str) -> int | None:
        """Return the person who has this (normalised) identifier, or None."""
        ...
