"""Shapes of friction: problems, changes, detectors, roles, containment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hamsafar.api.models.base import Given, Text, Told
from hamsafar.friction.types import ChangeKind, Detector, ProblemState
from hamsafar.journeys import Role


class FrictionFigure(Told):
    """People of people, with Wilson's 95 % interval; `open`: whom it may still be undone for."""

    count: int | None
    of: int | None
    share: float | None
    low: float | None
    high: float | None
    open: int | None
    cell: str | None
    suppressed: bool


class TrendPointShape(Told):
    """How many findings began in the day or week that starts here."""

    start: str
    count: int


class ExampleShape(Told):
    """Somebody who met a problem, and when."""

    person: str
    label: str
    at: str


class ProblemShape(Told):
    """A trouble that several findings share, with what it costs.

    `usual`: findings in a day or week as a rule; `change_pct`: the last one against it. `score`:
    minutes, what the list is ranked by. `lost_outcomes`: goals, with a 95 % interval.
    """

    key: str
    detector: Detector
    place: str
    cause: str | None
    count: int
    people: FrictionFigure
    trend: list[TrendPointShape]
    usual: float | None
    change_pct: float | None
    cost_minutes: float
    lost_outcomes: float
    lost_low: float
    lost_high: float
    lost_value: float | None
    score: float
    is_symptom: bool
    examples: list[ExampleShape]
    owner: str
    state: ProblemState
    reason: str
    until: str | None


class ExpectedShape(Told):
    """What a change is expected to bring in a range as long as the one asked about."""

    minutes: float
    outcomes: float
    low: float
    high: float


class ChangeShape(Told):
    """What to do, by expected effect; `values` fill the words of `change`."""

    key: str
    change: ChangeKind
    values: dict[str, str]
    problems: list[str]
    expected: ExpectedShape


class FrictionShape(Told):
    """All problems of a range, the worst first, and what to change.

    `as_of`: the newest event. `watermark`: findings before it are final but for later events.
    """

    as_of: str | None
    watermark: str
    people: int
    problems: list[ProblemShape]
    changes: list[ChangeShape]


class VerdictGiven(Given):
    """What is to change about a problem; what is left out stays.

    A dismissal needs a `reason`, a snooze a time to come; `open` is the undo of both.
    """

    owner: Annotated[Text, Field(max_length=200)] | None = None
    state: ProblemState | None = None
    reason: Annotated[Text, Field(max_length=1_000)] | None = None
    until: Annotated[str, Field(max_length=60)] | None = None


class VerdictShape(Told):
    """What people decided about a problem."""

    key: str
    owner: str
    state: ProblemState
    reason: str
    until: str | None


class ParameterShape(Told):
    """One number of a detector, with its bounds."""

    name: str
    value: float
    default: float
    least: float
    most: float


class DetectorShape(Told):
    """A detector: what it finds exactly, and how it works here."""

    detector: Detector
    says: str
    enabled: bool
    is_symptom: bool
    parameters: list[ParameterShape]


class DetectorsShape(Told):
    """All detectors."""

    items: list[DetectorShape]


class DetectorGiven(Given):
    """How a detector is to work; parameters left out get their default."""

    detector: Annotated[str, Field(max_length=100)]
    enabled: bool = True
    parameters: dict[str, float] = Field(default_factory=dict, max_length=20)


class DetectorsGiven(Given):
    """Changes of detectors."""

    items: list[DetectorGiven] = Field(max_length=100)


class RolesRow(Told):
    """An event name, how often it happened, and its roles.

    `by_rule`: what its name says; `is_set`: somebody set the roles.
    """

    name: str
    count: int
    roles: list[Role]
    by_rule: list[Role]
    is_set: bool


class RolesShape(Told):
    """The roles of every event name, and which roles there are."""

    items: list[RolesRow]
    known: list[Role]


class RolesRowGiven(Given):
    """The roles of one name; null gives it back to the rules."""

    name: Annotated[Text, Field(max_length=1_000)]
    roles: list[Role] | None


class RolesGiven(Given):
    """Changes of roles."""

    items: list[RolesRowGiven] = Field(max_length=1_000)


class CurvePoint(Told):
    """A Kaplan-Meier curve at a time: share that held, 95 % interval, still watched."""

    days: float
    share: float
    low: float
    high: float
    at_risk: int


class ContainmentPart(Told):
    """How much of self-service held, of one topic or channel (`name`, empty for not said).

    `verified`: null where nobody was watched so long. `open`: not broken, but watched for less.
    """

    name: str
    episodes: int
    people: int
    plain: FrictionFigure
    verified: CurvePoint | None
    points: list[CurvePoint]
    open: int


class ContainmentShape(Told):
    """How much of self-service held: the plain rate beside the verified one."""

    as_of: str
    within_days: int
    whole: ContainmentPart
    curve: list[CurvePoint]
    topics: list[ContainmentPart]
    channels: list[ContainmentPart]
