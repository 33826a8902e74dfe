"""What each column of a file means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hamsafar.collect.importing.moments import Timing


class Role(StrEnum):
    """What a column can be; every other column becomes a property (identify: a trait)."""

    USER_ID = "user_id"
    ANONYMOUS_ID = "anonymous_id"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    TIME = "time"
    SESSION = "session"
    TYPE = "type"


IDENTITY = (Role.USER_ID, Role.ANONYMOUS_ID, Role.EMAIL, Role.PHONE)
WIRE = {
    Role.USER_ID: "userId",
    Role.ANONYMOUS_ID: "anonymousId",
    Role.EMAIL: "context.traits.email",
    Role.PHONE: "context.traits.phone",
    Role.NAME: "event",
    Role.TIME: "timestamp",
    Role.SESSION: "context.sessionId",
    Role.TYPE: "type",
}
"""Where a role stands in the event, as people know it from the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How rows become events.

    Attributes:
        source: slug; part of every id that is made.
        kind: `track` or `identify`, for rows without a type of their own.
        roles: column by role.
        event: name of every event when no column holds it.
        timing: how the time column is written.
        id_column: holds the message id; empty: made from the row.
        renamed: property or trait name by column, where it is not the column's own name.
        traits: columns that say something about the person, not about the event.
        columns: all columns of the file, in its order.
    """

    source: str
    kind: str = "track"
    roles: Mapping[Role, str] = field(default_factory=dict)
    event: str = ""
    timing: Timing | None = None
    id_column: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    traits: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()

    @property
    def others(self) -> list[str]:
        """Return the columns that become properties or traits, in order."""
        taken = {*self.roles.values(), self.id_column}
        return [name for name in self.columns if name not in taken]


def describe(plan: Plan) -> list[tuple[str, str]]:
    """Return (column, what it becomes) for every column, in the file's order."""
    role_of = {column: role for role, column in plan.roles.items()}
    found: list[tuple[str, str]] = []
    for column in plan.columns:
        role = role_of.get(column)
        if column == plan.id_column and role is None:
            found.append((column, "messageId"))
        elif role is Role.TIME and plan.timing is not None:
            found.append((column, f"timestamp ({plan.timing.words})"))
        elif role is not None:
            found.append((column, WIRE[role]))
        else:
            name = plan.renamed.get(column, column)
            if plan.kind == "identify":
                where = "traits"
            else:
                where = "context.traits" if column in plan.traits else "properties"
            found.append((column, f"{where}.{name}"))
    return found
