"""Queries: one address for every kind of question about journeys, and one for the people of a figure."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from hamsafar.access.types import Caller
from hamsafar.api.gate import JourneysReader
from hamsafar.api.looks import listed, looked_at
from hamsafar.api.models.base import Cursor, Limit, PersonNumber
from hamsafar.api.models.journeys import CellPeopleShape, FieldShape
from hamsafar.api.models.queries import QUERY, PeopleAsk, asks, tells
from hamsafar.api.routes.journeys import people_shape
from hamsafar.api.services import Parts, Services
from hamsafar.expr import Normal
from hamsafar.journeys.answers import Answer, MatchResult, Result, write_answer
from hamsafar.journeys.export import table_of, to_csv, to_parquet
from hamsafar.journeys.query import kind_of
from hamsafar.journeys.query_checks import check_query
from hamsafar.journeys.query_json import read_part, read_query, write_part
from hamsafar.journeys.types import FieldSeen

router = APIRouter(tags=["journeys"])


async def body_of(request: Request) -> bytes:
    """Return a request's body as it came."""
    return await request.body()


Body = Annotated[bytes, Depends(body_of)]


class FileKind(StrEnum):
    """What an answer is written as."""

    CSV = "csv"
    PARQUET = "parquet"


TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.PARQUET: "application/vnd.apache.parquet",
}
FILES: dict[str, object] = {
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
}


class Written(JSONResponse):
    """JSON that is written already."""

    def render(self, content: bytes) -> bytes:
        """Return it as it is."""
        return content


@router.post(
    "/api/journeys/query",
    response_class=Written,
    openapi_extra=asks(QUERY),
    responses=tells("Answer", "the answer"),
)
def ask(caller: JourneysReader, body: Body, services: Parts) -> Response:
    """Return the answer to a query: counts, shares with intervals, what is open, notes."""
    answer = services.queries.answer(read_query(body))
    return Written(write_answer(labelled(services, caller, answer)))


@router.post(
    "/api/journeys/query/export",
    response_class=Response,
    openapi_extra=asks(QUERY),
    responses={200: {"description": "a file", "content": FILES}},
)
def export(
    _: JourneysReader,
    body: Body,
    services: Parts,
    format: FileKind = FileKind.CSV,
    bom: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> Response:
    """Return the answer to a query as a file; `bom` lets spreadsheets read Persian CSV right."""
    query = read_query(body)
    table = table_of(services.queries.answer(query))
    data = to_parquet(table) if format is FileKind.PARQUET else to_csv(table, has_bom=bom)
    name = f'attachment; filename="{kind_of(query)}.{format}"'
    return Response(data, media_type=TYPES[format], headers={"Content-Disposition": name})


@router.post(
    "/api/journeys/explain",
    response_class=Written,
    openapi_extra=asks("FunnelQuery"),
    responses=tells(
        "Explained", "the counts of four programs, and the people who make them differ"
    ),
)
def explain(
    caller: JourneysReader, body: Body, services: Parts, cursor: Cursor = "", limit: Limit = 50
) -> Response:
    """Return why other programs count a funnel differently: by rule, and person by person."""
    told, persons = services.explaining.explain(
        read_query(body), cursor=cursor or None, limit=limit
    )
    listed(services, caller, persons, "people.list")
    labels = services.profiles.labelled(persons)
    rows = tuple(
        msgspec.structs.replace(row, label=labels.get(int(row.person), ""))
        for row in told.differences
    )
    return Written(write_part(msgspec.structs.replace(told, differences=rows)))


@router.post(
    "/api/journeys/explain/{person}",
    response_class=Written,
    openapi_extra=asks("FunnelQuery"),
    responses=tells("Story", "what each event did, and how each attempt ended"),
)
def explain_person(
    person: PersonNumber, caller: JourneysReader, body: Body, services: Parts
) -> Response:
    """Return a person's way through a funnel: entered, advanced, too late, excluded, expired."""
    query = read_query(body)
    looked_at(services, caller, person, "person.explain")
    return Written(write_part(services.explaining.story(query, person)))


@router.get("/api/properties")
def list_properties(
    _: JourneysReader, services: Parts, name: Annotated[str, Query(max_length=1_000)] = ""
) -> list[FieldShape]:
    """Return what events (of a name) say of themselves, with examples, most frequent first."""
    return _fields(services, services.explore.properties_seen(name))


@router.get("/api/traits")
def list_traits(_: JourneysReader, services: Parts) -> list[FieldShape]:
    """Return the traits people have, most frequent first; values are theirs and not shown."""
    return _fields(services, services.explore.traits_seen(), has_examples=False)


@router.post("/api/journeys/query/people", openapi_extra=asks("PeopleAsk"))
def list_people_of_cell(caller: JourneysReader, body: Body, services: Parts) -> CellPeopleShape:
    """Return exactly the people behind a figure of an answer, counted most first."""
    asked = read_part(body, PeopleAsk, "")
    check_query(asked.query, "query")
    answer = services.queries.people(
        asked.query, asked.cell, cursor=asked.cursor or None, limit=asked.limit
    )
    return people_shape(services, caller, answer)


def _fields(
    services: Services, seen: list[FieldSeen], *, has_examples: bool = True
) -> list[FieldShape]:
    is_told = has_examples and services.queries.min_people <= 1
    return [
        FieldShape(
            kind=one.kind,
            path=one.path,
            count=one.count,
            of=one.of,
            examples=[_example(value) for value in one.examples] if is_told else [],
        )
        for one in seen
    ]


def _example(value: Normal) -> JsonValue:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, str) else value


def labelled(services: Services, caller: Caller, answer: Answer) -> Answer:
    """Return an answer with the names of the people it shows; the audit has that they were seen."""
    result = _labelled(services, caller, answer.result)
    compared = answer.compared
    if compared is not None:
        other = _labelled(services, caller, compared.result_b)
        compared = msgspec.structs.replace(compared, result_b=other)
    return msgspec.structs.replace(answer, result=result, compared=compared)


def _labelled(services: Services, caller: Caller, result: Result) -> Result:
    if not isinstance(result, MatchResult) or not result.examples:
        return result
    persons = [int(example.person) for example in result.examples]
    listed(services, caller, persons, "people.list")
    labels = services.profiles.labelled(persons)
    examples = tuple(
        msgspec.structs.replace(example, label=labels.get(int(example.person), ""))
        for example in result.examples
    )
    return msgspec.structs.replace(result, examples=examples)
