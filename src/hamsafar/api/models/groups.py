"""Shapes of saved groups."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WithJsonSchema

from hamsafar.api.models.base import Given, Text, Told
from hamsafar.api.models.conditions import REFERENCE

ConditionJson = Annotated[object, WithJsonSchema(dict(REFERENCE))]
"""A condition as it is sent; `expr` reads it."""


class GroupShape(Told):
    """A saved group; `people` with any event are in it now, null when too few to be told."""

    id: str
    name: str
    condition: ConditionJson
    people: int | None
    created_at: str
    created_by: str
    updated_at: str


class GroupNew(Given):
    """A group to be made."""

    name: Annotated[Text, Field(min_length=1)]
    condition: ConditionJson


class GroupChange(Given):
    """What of a group shall change; what is left out stays."""

    name: Annotated[Text, Field(min_length=1)] | None = None
    condition: ConditionJson = None
