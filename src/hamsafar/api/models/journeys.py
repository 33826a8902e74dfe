"""Shapes of journeys: graph, people behind an edge, variants."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from hamsafar.api.models.base import Told


class GraphEdge(Told):
    """How often one event directly followed another, and how long that took."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    count: int
    mean_s: float
    median_s: float
    p95_s: float


class GraphNode(Told):
    """How often an event happened, and to how many people."""

    name: str
    count: int
    people: int


class NameCountShape(Told):
    """An event name and a count."""

    name: str
    count: int


class GraphShape(Told):
    """The directly-follows graph."""

    people: int
    events: int
    edges: list[GraphEdge]
    nodes: list[GraphNode]
    starts: list[NameCountShape]
    ends: list[NameCountShape]
    took_ms: float
    identity_version: int


class CellPersonShape(Told):
    """One person behind a number.

    `last_at`: of an edge the last arrival, of a variant its end, else the event. `seconds`: mean
    of the person's transitions, or from the first event of a variant to its last.
    """

    person: str
    label: str
    count: int
    last_at: str
    seconds: float | None


class CellPeopleShape(Told):
    """The people behind a number, with the exact figures of all of them; `count` is the number."""

    items: list[CellPersonShape]
    next: str | None
    people: int
    count: int
    median_s: float | None
    p95_s: float | None


class VariantShape(Told):
    """One whole sequence of events; `share` of all people lived exactly it.

    `key` asks `/api/journeys/people` for them.
    """

    key: str
    names: list[str]
    count: int
    share: float


class VariantsShape(Told):
    """Whole sequences, most frequent first."""

    items: list[VariantShape]
    people: int
    distinct: int


class FieldShape(Told):
    """A field that conditions may ask of: `count` of the `of` newest events (or people) have it.

    `kind` is that of the condition; `examples` are some of its values.
    """

    kind: str
    path: str
    count: int
    of: int
    examples: list[JsonValue]
