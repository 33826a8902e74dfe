"""The time ledger: who waited for whom, how fast things came, and when we are at work."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query

from hamsafar.api.gate import JourneysEditor, JourneysReader
from hamsafar.api.looks import listed
from hamsafar.api.models.base import Cursor, Limit, Listing
from hamsafar.api.models.journeys import CellPeopleShape, CellPersonShape
from hamsafar.api.models.ledger import HoursGiven, HoursShape, LedgerShape
from hamsafar.api.routes.journeys import Filtered, finite_or_none
from hamsafar.api.services import Parts
from hamsafar.api.times import iso
from hamsafar.ledger import By, LedgerWish, WorkingHours
from hamsafar.maps.expectations import expectations_of

router = APIRouter(tags=["ledger"])


async def wish_of(
    filters: Filtered,
    services: Parts,
    by: Annotated[By, Query(description="what makes a strand")] = By.MATTER,
    map_id: Annotated[
        str,
        Query(
            alias="map",
            max_length=60,
            description="only the events of this map, in its attempts; its expectations and owners",
        ),
    ] = "",
) -> LedgerWish:
    """Return what a request asks of the ledger.

    Raises:
        UnknownMap: there is no such map.
    """
    if not map_id:
        return LedgerWish(by=by, filters=filters)
    expected = expectations_of(services.maps.get(map_id).journey)
    return LedgerWish(
        by=By.ATTEMPT,
        names=expected.events,
        parties=expected.parties,
        owners=expected.owners,
        only=expected.only,
        silence_s=expected.silence_s,
        filters=filters,
    )


Wished = Annotated[LedgerWish, Depends(wish_of)]


@router.get("/api/ledger")
def get_ledger(_: JourneysReader, wish: Wished, services: Parts) -> LedgerShape:
    """Return who waited for whom, by the clock and in working hours, and how fast things came."""
    began = time.perf_counter()
    found = services.ledger.ledger(wish)
    plain = asdict(found)
    plain.pop("as_of_us")
    return LedgerShape.model_validate({
        **plain,
        "as_of": iso(found.as_of_us),
        "took_ms": round((time.perf_counter() - began) * 1000, 3),
    })


@router.get("/api/ledger/people")
def list_ledger_people(
    caller: JourneysReader,
    cell: Annotated[str, Query(max_length=300, description="`cell` of a number")],
    wish: Wished,
    services: Parts,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> CellPeopleShape:
    """Return the people behind a number of the ledger; `seconds` is the mean of their waits."""
    page, whole = services.ledger.people(wish, cell, cursor=cursor or None, limit=limit)
    persons = [one.person for one in page.items]
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
            for one in page.items
        ],
        next=page.next,
        people=whole.total,
        count=whole.count,
        median_s=finite_or_none(whole.median_s),
        p95_s=finite_or_none(whole.p95_s),
    )


@router.get("/api/working-hours")
def list_hours(_: JourneysReader, services: Parts) -> Listing[HoursShape]:
    """Return all working hours; where none count, it is always open."""
    return Listing(items=[_shape(one) for one in services.ledger.hours()])


@router.put("/api/working-hours")
def set_hours(given: HoursGiven, caller: JourneysEditor, services: Parts) -> Listing[HoursShape]:
    """Replace all working hours."""
    wanted = [msgspec.convert(one.model_dump(), WorkingHours) for one in given.items]
    return Listing(items=[_shape(one) for one in services.ledger.set_hours(caller, wanted)])


def _shape(hours: WorkingHours) -> HoursShape:
    return HoursShape.model_validate(msgspec.to_builtins(hours))
