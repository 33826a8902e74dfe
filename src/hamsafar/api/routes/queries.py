"""Queries: one address for every kind of question about journeys, and one for the people of a figure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from hamsafar.access.types import Caller
from hamsafar.api.gate import JourneysReader
from hamsafar.api.looks import listed
from hamsafar.api.models.journeys import CellPeopleShape
from hamsafar.api.models.queries import QUERY, PeopleAsk, asks, tells
from hamsafar.api.routes.journeys import people_shape
from hamsafar.api.services import Parts, Services
from hamsafar.journeys.answers import Answer, MatchResult, Result, write_answer
from hamsafar.journeys.query_checks import check_query
from hamsafar.journeys.query_json import read_part, read_query

router = APIRouter(tags=["journeys"])


async def body_of(request: Request) -> bytes:
    """Return a request's body as it came."""
    return await request.body()


Body = Annotated[bytes, Depends(body_of)]


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


@router.post("/api/journeys/query/people", openapi_extra=asks("PeopleAsk"))
def list_people_of_cell(caller: JourneysReader, body: Body, services: Parts) -> CellPeopleShape:
    """Return exactly the people behind a figure of an answer, counted most first."""
    asked = read_part(body, PeopleAsk, "")
    check_query(asked.query, "query")
    answer = services.queries.people(
        asked.query, asked.cell, cursor=asked.cursor or None, limit=asked.limit
    )
    return people_shape(services, caller, answer)


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
