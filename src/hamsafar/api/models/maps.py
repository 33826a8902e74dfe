"""Shapes of maps: the designed journey, its versions, conformance, allowances."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from hamsafar.api.models.base import Given, Text, Told

_Seconds = Annotated[float, Field(gt=0)]


class WordsShape(Given):
    """The same words in Persian and English."""

    fa: str = ""
    en: str = ""


class TouchpointShape(Given):
    """One thing the customer does or lives."""

    kind: Literal["touchpoint"]
    id: str
    events: list[str]
    label: WordsShape = Field(default_factory=WordsShape)
    where: dict[str, JsonValue] | None = Field(
        default=None, description="a condition on the event besides its name"
    )
    channels: list[str] = Field(default_factory=list)
    information: WordsShape = Field(default_factory=WordsShape)
    feeling: WordsShape = Field(default_factory=WordsShape)
    back_office: list[WordsShape] = Field(default_factory=list)
    expected_s: _Seconds | None = None
    at_most_s: _Seconds | None = None
    waits_for: Literal["customer", "queue", "handling", "third_party"] | None = None
    owner: str = ""


class SequenceShape(Given):
    """All steps, one after the other."""

    kind: Literal["sequence"]
    of: list[BlockShape]


class AnyOrderShape(Given):
    """All parts, in any order."""

    kind: Literal["any_order"]
    of: list[BlockShape]


class ChoiceShape(Given):
    """Exactly one of the parts."""

    kind: Literal["choice"]
    of: list[BlockShape]


class OptionalShape(Given):
    """The steps, or none of them."""

    kind: Literal["optional"]
    of: list[BlockShape]


class LoopShape(Given):
    """The steps, `min` to `max` times over; `max` null: as often as they like."""

    kind: Literal["loop"]
    of: list[BlockShape]
    min: int = 1
    max: int | None = None


BlockShape = Annotated[
    TouchpointShape | SequenceShape | AnyOrderShape | ChoiceShape | OptionalShape | LoopShape,
    Field(discriminator="kind"),
]


class StageShape(Given):
    """A part of the journey with a purpose of its own."""

    id: str
    of: list[BlockShape]
    label: WordsShape = Field(default_factory=WordsShape)
    owner: str = ""


class AttemptsShape(Given):
    """Where one attempt at the aim ends and the next begins."""

    silence_s: _Seconds | None = 604_800
    restart: bool = True


class MapBody(Given):
    """A designed journey."""

    id: str
    name: WordsShape
    stages: list[StageShape]
    goal: list[str] = Field(default_factory=list)
    aim: WordsShape = Field(default_factory=WordsShape)
    owner: str = ""
    attempts: AttemptsShape = Field(default_factory=AttemptsShape)


class MapNew(Given):
    """A map to be made."""

    body: MapBody
    note: Text = ""


class VersionNew(Given):
    """A map as it shall be now: `body`, or `restore` an old version.

    `based_on` is the version that was changed; when somebody saved another meanwhile, it is refused.
    """

    body: MapBody | None = None
    restore: Annotated[int, Field(ge=1, le=(1 << 53) - 1)] | None = None
    based_on: int | None = None
    note: Text = ""


class MapChange(Given):
    """What to change about a map: which version is published (watched for drift; 0: none)."""

    published: Annotated[int, Field(ge=0, le=(1 << 53) - 1)]


class MapDifference(Told):
    """What became of a part: `map`, `stage:ID` or `touchpoint:ID`; `moved`: its two places."""

    part: str
    kind: str
    fields: list[str]


class YamlGiven(Given):
    """A map as YAML."""

    yaml: Annotated[str, Field(max_length=300_000)]
    based_on: int | None = None
    note: Text = ""


class YamlShape(Told):
    """A map as YAML."""

    yaml: str
    version: int


class MapRow(Told):
    """A map in the list."""

    id: str
    name: WordsShape
    aim: WordsShape
    owner: str
    stages: int
    touchpoints: int
    version: int
    published: int
    made_at: str
    made_by: str


class MapShape(Told):
    """A version of a map."""

    id: str
    body: MapBody
    version: int
    newest: int
    published: int
    note: str
    made_at: str
    made_by: str


class VersionShape(Told):
    """A line of a map's history."""

    version: int
    note: str
    made_at: str
    made_by: str


class FigureShape(Told):
    """A count with its share and interval; `cell` opens it to its people."""

    count: int | None
    of: int | None
    share: float | None
    low: float | None
    high: float | None
    open: int
    cell: str | None
    suppressed: bool


class EffectShape(Told):
    """How the goal goes with a deviation and without it; observed, not proven."""

    given: FigureShape
    without: FigureShape
    difference: float
    low: float
    high: float
    q: float


class DeviationShape(Told):
    """One way in which real journeys differ from the map."""

    key: str
    kind: str
    touchpoint: str
    channel: str
    people: FigureShape
    attempts: FigureShape
    times: int
    minutes: float
    cost: float
    effect: EffectShape | None
    allowed: bool


class CardShape(Told):
    """What really happens at one touchpoint."""

    touchpoint: str
    people: FigureShape
    attempts: FigureShape
    times: int
    wrong: FigureShape
    wait_median_s: float | None
    wait_p95_s: float | None
    late: FigureShape | None
    open: int


class StageFitShape(Told):
    """How well one stage fits."""

    stage: str
    fitness: float | None
    people: FigureShape


class OtherEvent(Told):
    """An event the map does not know."""

    name: str
    count: int


class ConformanceShape(Told):
    """A map laid over real journeys."""

    map: str
    version: int
    people: int
    attempts: int
    open: int
    variants: int
    fitness: float | None
    fitting: FigureShape
    goal: FigureShape
    stages: list[StageFitShape]
    cards: list[CardShape]
    deviations: list[DeviationShape]
    others: list[OtherEvent]
    unknown_events: list[str]
    unknown_channels: list[str]
    too_long: int
    as_of: str
    took_ms: float


class DriftDayShape(Told):
    """How the attempts that ended on one day (UTC) fit."""

    day: str
    version: int
    attempts: int
    fitness: float
    fitting: int


class DriftShape(Told):
    """Fitness by day, and the last week against the four before; `p`: of such a fall by chance."""

    days: list[DriftDayShape]
    published: int
    usual: float | None
    recent: float | None
    usual_attempts: int
    recent_attempts: int
    p: float | None
    has_fallen: bool


class DraftNew(Given):
    """A map to be drafted from what people really did; nothing is saved.

    `goal` are event names that reach the aim; `names` the events to take (empty: those most frequent
    on the way); `share` of the attempts that reached the goal shall be covered.
    """

    id: Text
    name: WordsShape
    goal: Annotated[list[Text], Field(min_length=1, max_length=25)]
    names: Annotated[list[Text], Field(max_length=25)] = Field(default_factory=list)
    share: Annotated[float, Field(gt=0, le=1)] = 0.8
    silence_s: Annotated[float, Field(gt=0, le=1_000_000_000)] = 21_600


class DraftShape(Told):
    """A drafted map: `covered` of the `attempts` that reached the goal are one of its `variants`."""

    body: MapBody
    attempts: int
    covered: int
    variants: int
    left_out: list[str]


class AllowanceNew(Given):
    """A deviation to be allowed."""

    deviation: Text
    reason: Text
    owner: Text
    expires_at: Text | None = None


class AllowanceChange(Given):
    """What becomes of an allowance."""

    reason: Text
    owner: Text
    expires_at: Text | None = None


class AllowanceShape(Told):
    """A deviation somebody has allowed; `valid`: it still stands."""

    id: str
    deviation: str
    reason: str
    owner: str
    expires_at: str | None
    made_at: str
    made_by: str
    valid: bool
