"""Friction: where journeys hurt, found by itself; what to change; whether self-service held."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query

from hamsafar.api.gate import JourneysEditor, JourneysReader
from hamsafar.api.looks import listed
from hamsafar.api.models.base import Cursor, Key, Limit
from hamsafar.api.models.friction import (
    ChangeShape,
    ContainmentPart,
    ContainmentShape,
    CurvePoint,
    DetectorsGiven,
    DetectorShape,
    DetectorsShape,
    ExampleShape,
    ExpectedShape,
    FrictionFigure,
    FrictionShape,
    ParameterShape,
    ProblemShape,
    RolesGiven,
    RolesRow,
    RolesShape,
    TrendPointShape,
    VerdictGiven,
    VerdictShape,
)
from hamsafar.api.models.journeys import CellPeopleShape, CellPersonShape
from hamsafar.api.routes.journeys import finite_or_none
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, iso_or_none, moment
from hamsafar.friction import DEFINITIONS, Detector, DetectorSettings, settings_of
from hamsafar.friction.containment import Containment
from hamsafar.friction.definitions import WATERMARK
from hamsafar.friction.errors import UnknownDetector
from hamsafar.friction.problems import Range
from hamsafar.friction.services.desk import Judgement
from hamsafar.friction.types import Change, Problem, Verdict
from hamsafar.journeys import CurveStep, Figure, Role
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
    watermark = asked.now_us - int(WATERMARK.total_seconds() * 1_000_000)
    return FrictionShape(
        as_of=iso_or_none(found.as_of_us),
        watermark=iso(watermark),
        people=found.people,
        problems=[_problem(problem, labels) for problem in found.problems],
        changes=[_change(change) for change in found.changes],
    )


@router.get("/api/friction/detectors")
def list_detectors(_: JourneysReader, services: Parts) -> DetectorsShape:
    """Return what every detector finds exactly, and how it works here."""
    settings = services.friction_desk.settings()
    return DetectorsShape(items=[_detector(d, settings.detectors[d]) for d in Detector])


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
    steps = found.whole.curve
    stride = max(1, -(-len(steps) // _MOST_CURVE))
    thinned = [*steps[::stride], *(steps[-1:] if stride > 1 else ())]
    return ContainmentShape(
        as_of=iso(until),
        within_days=within_days,
        whole=_part(found.whole),
        curve=[_point(step) for step in thinned],
        topics=[_part(part) for part in found.topics],
        channels=[_part(part) for part in found.channels],
    )


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
    return _verdict(services.friction_desk.judge(caller, key, change))


def _verdict(verdict: Verdict) -> VerdictShape:
    return VerdictShape(
        key=verdict.key,
        owner=verdict.owner,
        state=verdict.state,
        reason=verdict.reason,
        until=iso_or_none(verdict.until_at),
    )


def _problem(problem: Problem, labels: dict[int, str]) -> ProblemShape:
    return ProblemShape(
        key=problem.id.key,
        detector=problem.id.detector,
        place=problem.id.place,
        cause=problem.id.cause or None,
        count=problem.count,
        people=_figure(problem.people),
        trend=[TrendPointShape(start=iso(p.start_us), count=p.count) for p in problem.trend],
        usual=problem.usual,
        change_pct=problem.change_pct,
        cost_minutes=problem.cost_minutes,
        lost_outcomes=problem.lost_outcomes,
        lost_low=problem.lost_low,
        lost_high=problem.lost_high,
        lost_value=problem.lost_value,
        score=problem.score,
        is_symptom=DEFINITIONS[problem.id.detector].is_symptom,
        examples=[
            ExampleShape(person=str(e.person), label=labels.get(e.person, ""), at=iso(e.at_us))
            for e in problem.examples
        ],
        owner=problem.verdict.owner,
        state=problem.verdict.state,
        reason=problem.verdict.reason,
        until=iso_or_none(problem.verdict.until_at),
    )


def _change(change: Change) -> ChangeShape:
    return ChangeShape(
        key=change.key,
        change=change.kind,
        values={"place": change.place, "cause": change.cause},
        problems=list(change.problems),
        expected=ExpectedShape(
            minutes=change.minutes, outcomes=change.outcomes, low=change.low, high=change.high
        ),
    )


def _figure(figure: Figure) -> FrictionFigure:
    return FrictionFigure(**asdict(figure))


def _detector(detector: Detector, settings: DetectorSettings) -> DetectorShape:
    definition = DEFINITIONS[detector]
    return DetectorShape(
        detector=detector,
        says=definition.says,
        enabled=settings.is_on,
        is_symptom=definition.is_symptom,
        parameters=[
            ParameterShape(
                name=p.name,
                value=settings.values[p.name],
                default=p.default,
                least=p.least,
                most=p.most,
            )
            for p in definition.parameters
        ],
    )


def _part(part: Containment) -> ContainmentPart:
    return ContainmentPart(
        name=part.name,
        episodes=part.episodes,
        people=part.people,
        plain=_figure(part.plain),
        verified=None if part.verified is None else _point(part.verified),
        points=[_point(step) for step in part.points],
        open=part.open,
    )


def _point(step: CurveStep) -> CurvePoint:
    return CurvePoint(
        days=step.time, share=step.share, low=step.low, high=step.high, at_risk=step.at_risk
    )
