"""Shapes of saved groups; read and written as queries are, because they hold a condition."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from hamsafar.journeys.answers import Told
from hamsafar.journeys.clause import Clause
from hamsafar.journeys.query import Part

GroupName = Annotated[str, Meta(min_length=1, max_length=200)]


class Group(Told, frozen=True, kw_only=True):
    """A saved group; `people` with any event are in it now, null when too few to be told."""

    id: str
    name: str
    condition: Clause
    people: int | None
    created_at: str
    created_by: str
    updated_at: str


class GroupList(Told, frozen=True, kw_only=True):
    """All saved groups, by name."""

    items: tuple[Group, ...]


class GroupNew(Part, frozen=True, kw_only=True):
    """A group to be made."""

    name: GroupName
    condition: Clause


class GroupChange(Part, frozen=True, kw_only=True):
    """What of a group shall change; what is left out stays."""

    name: GroupName | None = None
    condition: Clause | None = None
