"""Shapes of journeys: graph, people behind an edge, variants."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

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


class EdgePersonShape(Told):
    """One person behind an edge; `seconds` is the mean of the person's transitions."""

    person: str
    label: str
    count: int
    last_at: str
    seconds: float


class EdgePeopleShape(Told):
    """The people behind an edge, with the exact figures of all of them."""

    items: list[EdgePersonShape]
    next: str | None
    people: int
    count: int
    median_s: float
    p95_s: float


class VariantShape(Told):
    """One whole sequence of events; `share` of all people lived exactly it."""

    names: list[str]
    count: int
    share: float


class VariantsShape(Told):
    """Whole sequences, most frequent first."""

    items: list[VariantShape]
    people: int
    distinct: int
