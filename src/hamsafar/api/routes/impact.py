"""Impact: what moves an outcome, to whom conversions are owed, and the people behind each number."""

from __future__ import annotations

import time

import msgspec
from fastapi import APIRouter, Response

from hamsafar.api.gate import JourneysReader
from hamsafar.api.impact_asks import attribution_question, drivers_question, taint_question
from hamsafar.api.impact_shapes import attribution_told, drivers_told, taint_told
from hamsafar.api.models.impact import (
    AttributionAsk,
    DriversAsk,
    ImpactAnswer,
    ImpactAsk,
    ImpactPeopleAsk,
    ImpactResult,
    TaintAsk,
)
from hamsafar.api.models.journeys import CellPeopleShape
from hamsafar.api.models.queries import asks, tells
from hamsafar.api.routes.journeys import people_shape
from hamsafar.api.routes.queries import Body, Written
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso
from hamsafar.impact.questions import Laid
from hamsafar.journeys import Crowd
from hamsafar.journeys.answers import Header, Note
from hamsafar.journeys.figures import is_small
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.walking import placed
from hamsafar.journeys.pages import page_of
from hamsafar.journeys.query_json import read_part
from hamsafar.journeys.services.explore import PeopleAnswer
from hamsafar.kernel.errors import BadInput, NotAllowed
from hamsafar.kernel.paging import decode_cursor

router = APIRouter(tags=["journeys"])
_TWO = 2


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
    least = _least(services, asked.question)
    laid, _ = _laid(services, asked.question)
    with placed():
        crowd = _crowd(services, asked.question, laid, asked.cell)
    page, whole = page_of(crowd, cursor=asked.cursor or None, limit=asked.limit)
    if is_small(whole.total, least):
        words = f"fewer than {least} people stand behind this; they are not listed"
        raise NotAllowed(words, where="cell")
    return people_shape(services, caller, PeopleAnswer(page=page, whole=whole, stamp=laid.stamp))


def _answered(services: Services, ask: ImpactAsk) -> Written:
    began = time.perf_counter()
    laid, ground = _laid(services, ask)
    least = _least(services, ask)
    with placed():
        result, is_warm = _result(services, ask, laid, least)
    header = _header(ground, laid, least, began, is_warm=is_warm)
    return Written(msgspec.json.encode(ImpactAnswer(header=header, result=result)))


def _result(
    services: Services, ask: ImpactAsk, laid: Laid, least: int
) -> tuple[ImpactResult, bool]:
    match ask:
        case DriversAsk():
            found, is_warm = services.impact.drivers(laid, drivers_question(ask, least))
            return drivers_told(found, limit=ask.limit, least=least), is_warm
        case AttributionAsk():
            owed, is_warm = services.impact.attribution(laid, attribution_question(ask))
            return attribution_told(owed, least=least), is_warm
        case TaintAsk():
            coloured, is_warm = services.impact.taint(laid, taint_question(ask))
            return taint_told(coloured, least=least), is_warm


def _crowd(services: Services, ask: ImpactAsk, laid: Laid, cell: str) -> Crowd:
    """Return everybody behind a cell of the answer.

    Raises:
        BadInput: it is no cell of this answer.
        NotFound: the answer has no such row.
    """
    keys = decode_cursor(cell)
    match ask, keys:
        case DriversAsk(), (str(key), str(side)):
            question = drivers_question(ask, _least(services, ask))
            return services.impact.drivers(laid, question)[0].crowd(key, side)
        case AttributionAsk(), (str(side), *touch) if len(touch) < _TWO:
            found, _ = services.impact.attribution(laid, attribution_question(ask))
            return found.crowd(str(touch[0]) if touch else None, side)
        case TaintAsk(), (int(place), str(who), str(did)):
            coloured, _ = services.impact.taint(laid, taint_question(ask))
            return coloured.crowd(place, who, did)
    raise BadInput("this cell belongs to another answer", where="cell")


def _laid(services: Services, ask: ImpactAsk) -> tuple[Laid, Ground]:
    """Return what the question's scope leaves of the history.

    Raises:
        BadInput: the scope or the question is wrong; `where` names the field.
    """
    with placed():
        match ask:
            case DriversAsk():
                wanted = drivers_question(ask, 0).reads()
            case AttributionAsk():
                wanted = attribution_question(ask).reads()
            case TaintAsk():
                wanted = taint_question(ask).reads()
    ground, stamp, key = services.queries.grounded(ask.scope, wanted)
    laid = Laid(sequences=ground.sequences, filters=ground.filters, stamp=stamp, key=key)
    return laid, ground


def _least(services: Services, ask: ImpactAsk) -> int:
    """Return how many people must stand behind a number that is shown.

    Raises:
        BadInput: it counts sessions though some people must be hidden.
    """
    least = max(services.queries.min_people, ask.min_people or 0)
    if least > 1 and ask.scope.grain == "session":
        words = f"numbers of fewer than {least} people are hidden, so people must be counted"
        raise BadInput(words, where="query.scope.grain")
    return least


def _header(ground: Ground, laid: Laid, least: int, began: float, *, is_warm: bool) -> Header:
    people, events = ground.size()
    is_few = is_small(people, least)
    from_us, to_us = laid.range
    notes = [Note(code="observational")]
    if least > 1:
        notes.append(Note(code="min_people", values={"min_people": least}))
    return Header(
        people=None if is_few else people,
        events=None if is_few else events,
        from_=None if from_us is None else iso(from_us),
        to=None if to_us is None else iso(to_us),
        as_of=iso(ground.as_of_us),
        took_ms=round((time.perf_counter() - began) * 1000, 3),
        is_warm=is_warm,
        manifest=laid.stamp.manifest,
        identity_version=laid.stamp.identity,
        min_people=least,
        notes=tuple(notes),
    )
