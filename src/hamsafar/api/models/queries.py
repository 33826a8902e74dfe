"""Queries and answers in the OpenAPI document: their own types say what they look like.

Bodies are read by `journeys.query_json`, so that errors name the field inside a condition, and answers
are written by msgspec as they stand; a second set of models would only be another place to be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Annotated

import msgspec
from msgspec import Meta

from hamsafar.api.models.conditions import REFERENCE, condition_schemas
from hamsafar.api.models.groups import Group, GroupChange, GroupList, GroupNew
from hamsafar.journeys.answers import Answer
from hamsafar.journeys.clause import Clause
from hamsafar.journeys.explained import Explained, Story
from hamsafar.journeys.query import Part, Query

Schema = dict[str, object]
_TEMPLATE = "#/components/schemas/{name}"
QUERY = "Query"
"""The schema of any query."""


class PeopleAsk(Part, frozen=True, kw_only=True):
    """The people behind a figure: the query it was in, and its `cell`."""

    query: Query
    cell: Annotated[str, Meta(min_length=1, max_length=2_000)]
    cursor: Annotated[str, Meta(max_length=2_000)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


def query_schemas() -> dict[str, Schema]:
    """Return every schema of queries, conditions and answers, by name.

    Raises:
        ValueError: two of them have one name.
    """
    (query, *_), asked = msgspec.json.schema_components(
        (Query, PeopleAsk, GroupNew, GroupChange), schema_hook=_hook, ref_template=_TEMPLATE
    )
    _, told = msgspec.json.schema_components(
        (Answer, Group, GroupList, Explained, Story), schema_hook=_hook, ref_template=_TEMPLATE
    )
    conditions = condition_schemas()
    if twice := ({QUERY, *conditions} | told.keys()) & asked.keys():
        raise ValueError(f"two schemas are named {min(twice)}")
    return {
        **{name: _tidy(schema) for name, schema in asked.items()},
        **{name: _whole(_tidy(schema)) for name, schema in told.items()},
        QUERY: {"title": QUERY, **query},
        **conditions,
    }


def schemas_of(asked: Sequence[type], told: Sequence[type]) -> dict[str, Schema]:
    """Return the schemas of these types, and of all they hold, by name.

    Args:
        asked: of requests.
        told: of answers: every field of theirs is there.
    """
    _, ask = msgspec.json.schema_components(asked, schema_hook=_hook, ref_template=_TEMPLATE)
    _, tell = msgspec.json.schema_components(told, schema_hook=_hook, ref_template=_TEMPLATE)
    return {
        **{name: _tidy(schema) for name, schema in ask.items()},
        **{name: _whole(_tidy(schema)) for name, schema in tell.items()},
    }


def asks(name: str) -> Schema:
    """Return what a route says of a body it reads itself."""
    schema = {"$ref": _TEMPLATE.format(name=name)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def tells(name: str, words: str) -> dict[int | str, Schema]:
    """Return what a route says of an answer it writes itself."""
    schema = {"$ref": _TEMPLATE.format(name=name)}
    return {200: {"description": words, "content": {"application/json": {"schema": schema}}}}


def _tidy(schema: Schema) -> Schema:
    """Return a schema whose words read well, without defaults: a client may leave such fields out."""
    words = {"description": cleandoc(str(schema["description"]))} if "description" in schema else {}
    fields = schema.get("properties")
    if not isinstance(fields, dict):
        return {**schema, **words}
    bare = {
        name: {key: value for key, value in field.items() if key != "default"}
        for name, field in fields.items()
    }
    return {**schema, **words, "properties": bare}


def _whole(schema: Schema) -> Schema:
    """Return a schema that says that every field is there, as it is in all we tell."""
    fields = schema.get("properties")
    return {**schema, "required": list(fields)} if isinstance(fields, dict) else schema


def _hook(kind: type) -> Schema:
    if kind is Clause:
        return REFERENCE
    raise NotImplementedError(kind)
