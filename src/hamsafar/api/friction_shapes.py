"""Friction as the API and the command line tell it."""

from __future__ import annotations

from dataclasses import asdict

from hamsafar.api.models.friction import (
    ChangeShape,
    ContainmentPart,
    ContainmentShape,
    CurvePoint,
    DetectorShape,
    ExampleShape,
    ExpectedShape,
    FrictionFigure,
    FrictionShape,
    ParameterShape,
    ProblemShape,
    TrendPointShape,
    VerdictShape,
)
from hamsafar.api.times import iso, iso_or_none
from hamsafar.friction import DEFINITIONS, Detector, DetectorSettings
from hamsafar.friction.containment import Containment, ContainmentReport
from hamsafar.friction.definitions import WATERMARK
from hamsafar.friction.problems import Report
from hamsafar.friction.types import Change, Problem, Verdict
from hamsafar.journeys import CurveStep, Figure

_MOST_CURVE = 400


def friction_shape(found: Report, now_us: int, labels: dict[int, str]) -> FrictionShape:
    """Return all problems and changes.

    Args:
        found: what was found.
        now_us: when it was asked, µs UTC.
        labels: names of the people among the examples.
    """
    watermark = now_us - int(WATERMARK.total_seconds() * 1_000_000)
    return FrictionShape(
        as_of=iso_or_none(found.as_of_us),
        watermark=iso(watermark),
        people=found.people,
        problems=[_problem(problem, labels) for problem in found.problems],
        changes=[_change(change) for change in found.changes],
    )


def containment_shape(
    found: ContainmentReport, until_us: int, within_days: int
) -> ContainmentShape:
    """Return how much of self-service held; of a long curve every so many-th step."""
    steps = found.whole.curve
    stride = max(1, -(-len(steps) // _MOST_CURVE))
    thinned = [*steps[::stride], *(steps[-1:] if stride > 1 else ())]
    return ContainmentShape(
        as_of=iso(until_us),
        within_days=within_days,
        whole=_part(found.whole),
        curve=[_point(step) for step in thinned],
        topics=[_part(part) for part in found.topics],
        channels=[_part(part) for part in found.channels],
    )


def verdict_shape(verdict: Verdict) -> VerdictShape:
    """Return what people decided about a problem."""
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


def detector_shape(detector: Detector, settings: DetectorSettings) -> DetectorShape:
    """Return a detector as it works here."""
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
