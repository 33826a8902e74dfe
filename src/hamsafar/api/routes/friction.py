"""Friction: where journeys hurt, found by itself; what to change; whether self-service held."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query

from hamsafar.api.friction_shapes import (
    containment_shape,
    detector_shape,
    friction_shape,
    verdict_shape,
)
from hamsafar.api.gate import JourneysEditor, JourneysReader
from hamsafar.api.looks import listed
from hamsafar.api.models.base import Cursor, Key, Limit
from hamsafar.api.models.friction import (
    ContainmentShape,
    DetectorsGiven,
    DetectorsShape,
    FrictionShape,
    RolesGiven,
    RolesRow,
    RolesShape,
    VerdictGiven,
    VerdictShape,
)
from hamsafar.api.models.journeys import CellPeopleShape, CellPersonShape
from hamsafar.api.routes.journeys import finite_or_none
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, moment
from hamsafar.friction import Detector, settings_of
from hamsafar.friction.errors import UnknownDetector
from hamsafar.friction.problems import Range
from hamsafar.friction.services.desk import Judgement
from hamsafar.journeys import Role
from hamsafar.kernel.errors import BadInput

router = APIRouter(tags=["friction"])
_MOST_CURVE = 400
Names = Annotated[list[str], Query(max_length=1_000)]


async def range_of(
    services: Parts,
    since: Annotated[str, Query(alias="from", max_length=60)] = "",
    until: Annotated[str, Query(alias="to", max_length=60)] = "",
    channel: Names = [],  # noqa: B006 - FastAPI copies defaults
) -> Range:
    """Return which findings a request asks about.

    Raises:
        BadInput: a time that is none, or a range that ends before it begins.
    """
    from_us, to_us = moment(since, "from"), moment(until, "to")
    if from_us is not None and to_us is not None and from_us >= to_us:
        raise BadInput("`to` must be later than `from`", where="to")
    return Range(
        from_us=from_us,
        to_us=to_us,
        channels=frozenset(channel) or None,
        zone=ZoneInfo(services.access.workspaces.get().zone),
        now_us=services.clock.now_us(),
    )


Asked = Annotated[Range, Depends(range_of)]


@router.get("/api/friction")
def get_friction(caller: JourneysReader, asked: Asked, services: Parts) -> FrictionShape:
    """Return the problems of a range, the worst first, and what to change."""
    found = services.friction.report(asked)
    shown = sorted({e.person for problem in found.problems for e in problem.examples})
    listed(services, caller, shown, "people.list")
    labels = services.profiles.labelled(shown)
    return friction_shape(found, asked.now_us, labels)


@router.get("/api/friction/detectors")
def list_detectors(_: JourneysReader, services: Parts) -> DetectorsShape:
    """Return what every detector finds exactly, and how it works here."""
    settings = services.friction_desk.settings()
    return DetectorsShape(items=[detector_shape(d, settings.detectors[d]) for d in Detector])


@router.put("/api/friction/detectors")
def set_detectors(given: DetectorsGiven, caller: JourneysEditor, services: Parts) -> DetectorsShape:
    """Change detectors; all or none. What was found is found again under the new settings."""
    for place, item in enumerate(given.items):
        if item.detector not in tuple(Detector):
            raise UnknownDetector(item.detector)
        where = f"items[{place}].parameters"
        settings_of(Detector(item.detector), item.parameters, where=where)
    for item in given.items:
        services.friction_desk.set_detector(
            caller, item.detector, item.parameters, is_on=item.enabled
        )
    return list_detectors(caller, services)


@router.get("/api/friction/roles")
def list_roles(_: JourneysReader, services: Parts) -> RolesShape:
    """Return what every event name means to detectors, maps and ledger."""
    return RolesShape(
        items=[
            RolesRow(
                name=row.name,
                count=row.count,
                roles=sorted(row.roles),
                by_rule=sorted(row.by_rule),
                is_set=row.is_set,
            )
            for row in services.friction.roles()
        ],
        known=list(Role),
    )


@router.put("/api/friction/roles")
def set_roles(given: RolesGiven, caller: JourneysEditor, services: Parts) -> RolesShape:
    """Set the roles of event names; null gives a name back to the rules."""
    wanted = {i.name: None if i.roles is None else frozenset(i.roles) for i in given.items}
    services.friction_desk.set_roles(caller, wanted)
    return list_roles(caller, services)


@router.get("/api/friction/containment")
def get_containment(
    _: JourneysReader,
    asked: Asked,
    services: Parts,
    within_days: Annotated[int, Query(ge=1, le=90)] = 7,
) -> ContainmentShape:
    """Return how much of self-service held: plain, and verified by what came after."""
    found, until = services.friction.containment(asked, within_days=within_days)
    return containment_shape(found, until, within_days)


@router.get("/api/friction/{key}/people")
def list_problem_people(
    key: Key,
    caller: JourneysReader,
    asked: Asked,
    services: Parts,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> CellPeopleShape:
    """Return who met a problem; `people` and `count` equal those of the problem."""
    found = services.friction.people(key, asked, cursor=cursor or None, limit=limit)
    persons = [one.person for one in found.page.items]
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
            for one in found.page.items
        ],
        next=found.page.next,
        people=found.people,
        count=found.count,
        median_s=None,
        p95_s=None,
    )


@router.patch("/api/friction/{key}")
def judge_problem(
    key: Key, given: VerdictGiven, caller: JourneysEditor, services: Parts
) -> VerdictShape:
    """Give a problem an owner, dismiss it with a reason, let it sleep, or open it again."""
    services.friction.verdict(key)
    change = Judgement(
        owner=given.owner,
        state=given.state,
        reason=given.reason,
        until_at=moment(given.until or "", "until"),
    )
    return verdict_shape(services.friction_desk.judge(caller, key, change))
