"""What event names mean here: the rules, with what people set by hand."""

from __future__ import annotations

from collections.abc import Sequence

from hamsafar.friction.services.desk import Desk
from hamsafar.journeys import Roles


class DeskRoles:
    """The ledger's port `RoleBook`, from the table that friction keeps."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def roles(self, names: Sequence[str]) -> Roles:
        """Return the roles of these names."""
        return Roles.of(names, self._desk.settings().roles)
