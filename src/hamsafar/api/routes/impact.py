"""Impact: what moves an outcome, to whom conversions are owed, and the people behind each number."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Response

from hamsafar.api.gate import JourneysReader
from hamsafar.api.impact_answers import Asked
from hamsafar.api.models.impact import (
    AttributionAsk,
    DriversAsk,
    ImpactAsk,
    ImpactPeopleAsk,
    TaintAsk,
)
from hamsafar.api.models.journeys import CellPeopleShape
from hamsafar.api.models.queries import asks, tells
from hamsafar.api.routes.journeys import people_shape
from hamsafar.api.routes.queries import Body, Written
from hamsafar.api.services import Parts, Services
from hamsafar.journeys.query_json import read_part

router = APIRouter(tags=["journeys"])


@router.post(
    "/api/impact/drivers",
    response_class=Written,
    openapi_extra=asks("DriversAsk"),
    responses=tells("ImpactAnswer", "the drivers"),
)
def find_drivers(_: JourneysReader, body: Body, services: Parts) -> Response:
    """Return what moves an outcome, matched on time at risk; observational."""
    return _answered(services, read_part(body, DriversAsk, "query"))


@router.post(
    "/api/impact/attribution",
    response_class=Written,
    openapi_extra=asks("AttributionAsk"),
    responses=tells("ImpactAnswer", "the attribution"),
)
def attribute(_: JourneysReader, body: Body, services: Parts) -> Response:
    """Return to which touches conversions are owed, under several models."""
    return _answered(services, read_part(body, AttributionAsk, "query"))


@router.post(
    "/api/impact/taint",
    response_class=Written,
    openapi_extra=asks("TaintAsk"),
    responses=tells("ImpactAnswer", "the taint"),
)
def find_taint(_: JourneysReader, body: Body, services: Parts) -> Response:
    """Return how a bad moment colours the good ones before and after it; observational."""
    return _answered(services, read_part(body, TaintAsk, "query"))


@router.post("/api/impact/people", openapi_extra=asks("ImpactPeopleAsk"))
def list_people_of_impact(caller: JourneysReader, body: Body, services: Parts) -> CellPeopleShape:
    """Return exactly the people behind a figure of an answer about impact, counted most first."""
    asked = read_part(body, ImpactPeopleAsk, "")
    answer = _asked(services, asked.question).people(
        asked.cell, cursor=asked.cursor or None, limit=asked.limit
    )
    return people_shape(services, caller, answer)


def _asked(services: Services, ask: ImpactAsk) -> Asked:
    return Asked(services.queries, services.impact, ask)


def _answered(services: Services, ask: ImpactAsk) -> Written:
    return Written(msgspec.json.encode(_asked(services, ask).answer()))
