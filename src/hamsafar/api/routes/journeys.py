"""Journeys: the graph of what really follows what, variants, the people behind each number."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hamsafar.access.types import Caller
from hamsafar.api.gate import JourneysReader, Known
from hamsafar.api.looks import listed
from hamsafar.api.models.base import Cursor, Limit
from hamsafar.api.models.journeys import (
    CellPeopleShape,
    CellPersonShape,
    GraphEdge,
    GraphNode,
    GraphShape,
    NameCountShape,
    VariantShape,
    VariantsShape,
)
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso, moment
from hamsafar.expr import iso_text, parse
from hamsafar.journeys import (
    Cell,
    CellKind,
    EdgeCell,
    EndCell,
    EveryoneCell,
    Filters,
    NodeCell,
    StartCell,
    VariantCell,
)
from hamsafar.journeys.clause import Clause
from hamsafar.journeys.query import Scope
from hamsafar.journeys.services.explore import PeopleAnswer
from hamsafar.kernel.errors import BadInput

router = APIRouter(tags=["journeys"])
_MAX_NAMES = 1_000
Names = Annotated[list[str], Query(max_length=_MAX_NAMES)]
Ids = Annotated[list[int], Query(max_length=_MAX_NAMES)]


async def filters_of(  # noqa: PLR0913 - one parameter per filter of the address
    since: Annotated[str, Query(alias="from", max_length=60)] = "",
    until: Annotated[str, Query(alias="to", max_length=60)] = "",
    channel: Names = [],  # noqa: B006 - FastAPI copies defaults
    source: Ids = [],  # noqa: B006
    include: Names = [],  # noqa: B006
    exclude: Names = [],  # noqa: B006
    technical: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    derived: bool = False,  # noqa: FBT001, FBT002
) -> Filters:
    """Return the filters in a request's query.

    Raises:
        BadInput: a time that is none, or a range that ends before it begins.
    """
    from_us, to_us = moment(since, "from"), moment(until, "to")
    if from_us is not None and to_us is not None and from_us >= to_us:
        raise BadInput("`to` must be later than `from`", where="to")
    return Filters(
        from_us=from_us,
        to_us=to_us,
        include=frozenset(include) or None,
        exclude=frozenset(exclude),
        channels=frozenset(channel) or None,
        sources=frozenset(source) or None,
        technical=technical,
        derived=derived,
    )


Filtered = Annotated[Filters, Depends(filters_of)]
ConditionText = Annotated[
    str, Query(max_length=20_000, description="a condition as JSON; see `Condition`")
]


async def scope_of(
    filters: Filtered,
    where: ConditionText = "",
    people: ConditionText = "",
    group: Annotated[list[str], Query(max_length=10, description="ids of saved groups")] = [],  # noqa: B006
) -> Scope:
    """Return the scope in a request's query: filters, conditions and groups.

    Raises:
        BadInput: a condition that is none.
    """
    return Scope(
        from_=None if filters.from_us is None else iso_text(filters.from_us),
        to=None if filters.to_us is None else iso_text(filters.to_us),
        include=tuple(sorted(filters.include or ())),
        exclude=tuple(sorted(filters.exclude)),
        channels=tuple(sorted(filters.channels or ())),
        sources=tuple(sorted(filters.sources or ())),
        technical=filters.technical,
        derived=filters.derived,
        where=Clause(parse(where, "where")) if where else None,
        people=Clause(parse(people, "people")) if people else None,
        groups=tuple(group),
    )


Scoping = Annotated[Scope, Depends(scope_of)]


@contextmanager
def as_parameters() -> Iterator[None]:
    """Name the parameter an error is about, as the address has it.

    Raises:
        BadInput: as it was raised.
    """
    try:
        yield
    except BadInput as error:
        where = error.where.removeprefix("query.").removeprefix("scope.")
        names = {"channels": "channel", "sources": "source", "groups": "group"}
        raise BadInput(error.detail, where=names.get(where, where)) from None


@router.get("/api/journeys/graph")
def get_graph(_: JourneysReader, scope: Scoping, services: Parts) -> GraphShape:
    """Return the directly-follows graph: counts exact, median and p95 within 1 %."""
    began = time.perf_counter()
    with as_parameters():
        answer = services.scoped.graph(scope)
    took_ms = (time.perf_counter() - began) * 1000
    graph = answer.graph
    return GraphShape(
        people=graph.people,
        events=graph.events,
        edges=[
            GraphEdge(
                from_=edge.from_,
                to=edge.to,
                count=edge.count,
                mean_s=finite(edge.mean_s),
                median_s=finite(edge.median_s),
                p95_s=finite(edge.p95_s),
            )
            for edge in graph.edges
        ],
        nodes=[GraphNode(name=n.name, count=n.count, people=n.people) for n in graph.nodes],
        starts=[NameCountShape(name=s.name, count=s.count) for s in graph.starts],
        ends=[NameCountShape(name=e.name, count=e.count) for e in graph.ends],
        took_ms=round(took_ms, 3),
        identity_version=answer.stamp.identity,
    )


async def cell_of(
    of: Annotated[CellKind, Query(description="what the number counts")],
    name: Annotated[
        list[str],
        Query(
            max_length=2,
            description="name of the event; of an edge both, the earlier one first",
        ),
    ] = [],  # noqa: B006 - FastAPI copies defaults
    variant: Annotated[str, Query(max_length=100, description="`key` of a variant")] = "",
) -> Cell:
    """Return which number a request asks for.

    Raises:
        BadInput: it does not say so completely.
    """
    match of, name:
        case CellKind.EVERYONE, []:
            return EveryoneCell()
        case CellKind.VARIANT, []:
            return VariantCell(variant)
        case CellKind.EDGE, [from_, to]:
            return EdgeCell(from_, to)
        case CellKind.NODE, [only]:
            return NodeCell(only)
        case CellKind.START, [only]:
            return StartCell(only)
        case CellKind.END, [only]:
            return EndCell(only)
    wanted = {
        CellKind.EVERYONE: "no name",
        CellKind.VARIANT: "no name, but `variant`",
        CellKind.EDGE: "two names",
    }
    raise BadInput(f"of={of} takes {wanted.get(of, 'one name')}", where="name")


@router.get("/api/journeys/people")
def list_people_behind(
    caller: JourneysReader,
    cell: Annotated[Cell, Depends(cell_of)],
    scope: Scoping,
    services: Parts,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> CellPeopleShape:
    """Return the people behind a number of the graph or of variants, counted most first.

    `people` and `count` equal the number under the same filters; median and p95 are exact.
    """
    with as_parameters():
        answer = services.scoped.people_behind(scope, cell, cursor=cursor or None, limit=limit)
    return people_shape(services, caller, answer)


def people_shape(services: Services, caller: Caller, answer: PeopleAnswer) -> CellPeopleShape:
    """Return a page of people with their names; the audit has that they were seen."""
    people = answer.page.items
    persons = [one.person for one in people]
    listed(services, caller, persons, "people.list")
    labels = services.profiles.labelled(persons)
    return CellPeopleShape(
        items=[
            CellPersonShape(
                person=str(one.person),
                label=labels.get(one.person, ""),
                count=one.count,
                last_at=iso(one.last_at_us),
                seconds=finite_or_none(one.mean_s),
            )
            for one in people
        ],
        next=answer.page.next,
        people=answer.whole.total,
        count=answer.whole.count,
        median_s=finite_or_none(answer.whole.median_s),
        p95_s=finite_or_none(answer.whole.p95_s),
    )


@router.get("/api/journeys/variants")
def get_variants(
    _: JourneysReader,
    scope: Scoping,
    services: Parts,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
) -> VariantsShape:
    """Return whole sequences of events and how many people lived exactly them."""
    with as_parameters():
        found = services.scoped.variants(scope, limit=limit).variants
    return VariantsShape(
        items=[
            VariantShape(
                key=key,
                names=list(row.names),
                count=row.count,
                share=row.count / found.people if found.people else 0.0,
            )
            for row, key in zip(found.rows, found.variant_keys, strict=True)
        ],
        people=found.people,
        distinct=found.distinct,
    )


@router.get("/api/names")
def list_names(_: Known, services: Parts) -> list[NameCountShape]:
    """Return every event name with how often it happened, most frequent first."""
    return [NameCountShape(name=node.name, count=node.count) for node in services.explore.names()]


def finite(number: float) -> float:
    """Return a number JSON can hold; what is not defined (no durations) is 0.

    >>> finite(float("nan")), finite(1.5)
    (0.0, 1.5)
    """
    return number if math.isfinite(number) else 0.0


def finite_or_none(number: float) -> float | None:
    """Return a number JSON can hold, None for what is not defined."""
    return number if math.isfinite(number) else None
