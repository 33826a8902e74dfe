"""Impact as the API speaks it: questions, and answers that open to people.

Like queries, both are msgspec types: errors name the field inside a condition.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from hamsafar.api.models.queries import Schema, schemas_of
from hamsafar.journeys.answers import Header, Told
from hamsafar.journeys.figures import Figure
from hamsafar.journeys.query import (
    DAY_S,
    EVERYBODY,
    Happening,
    Least,
    Name,
    Names,
    Part,
    Scope,
    Seconds,
)

MAX_CANDIDATES = 20
Kind = Literal["first", "last", "linear", "position", "time_decay", "markov"]
Share = Annotated[float, Meta(gt=0, le=1)]


class EventOutcome(Part, frozen=True, kw_only=True, tag="event", tag_field="kind"):
    """The outcome is an event; `is_good`: one wants it to happen."""

    event: Happening
    is_good: bool = True


class SilenceOutcome(Part, frozen=True, kw_only=True, tag="silence", tag_field="kind"):
    """The outcome is that nothing happens for so many days."""

    days: Annotated[float, Meta(gt=0, le=3_660)] = 30.0


class RatingOutcome(Part, frozen=True, kw_only=True, tag="rating", tag_field="kind"):
    """The outcome is a number somebody gives: the first one in the attempt."""

    property: Name
    event: Happening | None = None
    is_good: bool = True


class EventCandidates(Part, frozen=True, kw_only=True, tag="events", tag_field="kind"):
    """Every event, or those of these names."""

    names: Names | None = None


class PropertyCandidates(Part, frozen=True, kw_only=True, tag="property", tag_field="kind"):
    """Each frequent value of an event property (`context.…` of the context)."""

    path: Name


class TraitCandidates(Part, frozen=True, kw_only=True, tag="trait", tag_field="kind"):
    """Each frequent value of a trait, as it is now."""

    name: Name


class ChannelCandidates(Part, frozen=True, kw_only=True, tag="channels", tag_field="kind"):
    """Each channel."""


class FirstCandidate(Part, frozen=True, kw_only=True, tag="first", tag_field="kind"):
    """Whether it is the person's first attempt."""


OutcomeAsk = EventOutcome | SilenceOutcome | RatingOutcome
CandidateAsk = (
    EventCandidates | PropertyCandidates | TraitCandidates | ChannelCandidates | FirstCandidate
)


class DriversAsk(Part, frozen=True, kw_only=True, tag="drivers", tag_field="kind"):
    """What moves an outcome. The scope's range is that of entries.

    Attributes:
        entry: what begins an attempt; null: each person's first event.
        candidates: what may move it; null: events, channels, and whether it is the first attempt.
        window_s: how long an attempt may take.
        support: a candidate needs so many exposed people.
        level: false-discovery rate to accept.
        limit: rows told; the significant ones first.
        min_people: numbers of fewer people are hidden.
    """

    scope: Scope = EVERYBODY
    outcome: OutcomeAsk
    entry: Happening | None = None
    candidates: Annotated[tuple[CandidateAsk, ...], Meta(max_length=MAX_CANDIDATES)] | None = None
    window_s: Seconds = 7.0 * DAY_S
    support: Annotated[int, Meta(ge=1, le=1_000_000)] = 20
    level: Annotated[float, Meta(gt=0, lt=1)] = 0.05
    limit: Annotated[int, Meta(ge=1, le=500)] = 50
    min_people: Least | None = None


class TouchAsk(Part, frozen=True, kw_only=True):
    """What counts as a touch: the channel of events, their name, or a property's value."""

    kind: Literal["channel", "event", "property"] = "channel"
    path: Name | None = None
    names: Names | None = None


class AttributionAsk(Part, frozen=True, kw_only=True, tag="attribution", tag_field="kind"):
    """To which touches conversions are owed. The scope's range is that of the ends of paths.

    Attributes:
        conversion: what a path leads to.
        models: null: all.
        lookback_s: touches longer before the conversion have no part in it.
        value: property of the conversion's worth; null: each is worth 1.
        order: of the Markov model.
        collapse: count a run of one touch as one.
        first_share, last_share: of the model `position`; half_life_s: of `time_decay`.
        replicates: of the bootstrap by customer; 0: no intervals.
        min_people: numbers of fewer people are hidden.
    """

    scope: Scope = EVERYBODY
    conversion: Happening
    touch: TouchAsk = TouchAsk()
    models: Annotated[tuple[Kind, ...], Meta(min_length=1, max_length=6)] | None = None
    lookback_s: Seconds = 30.0 * DAY_S
    value: Name | None = None
    order: Annotated[int, Meta(ge=1, le=4)] = 1
    collapse: bool = True
    first_share: Share = 0.4
    last_share: Share = 0.4
    half_life_s: Seconds = 7.0 * DAY_S
    replicates: Annotated[int, Meta(ge=0, le=1_000)] = 200
    min_people: Least | None = None


class TaintAsk(Part, frozen=True, kw_only=True, tag="taint", tag_field="kind"):
    """How a bad moment colours what lies before and after. The scope's range is that of moments.

    Attributes:
        bad: the bad moments; each person's first one counts.
        anchor: at which events it could have been; null: at any.
        good: which events count as coming (again); null: any.
        rating: a number people give, of `subject`; null: activity is measured instead.
        edges_s: distances at which one interval ends and the next begins.
        min_people: numbers of fewer people are hidden.
    """

    scope: Scope = EVERYBODY
    bad: Happening
    anchor: Happening | None = None
    good: Happening | None = None
    rating: Name | None = None
    subject: Name | None = None
    edges_s: Annotated[tuple[Seconds, ...], Meta(min_length=1, max_length=20)] = (
        1.0 * DAY_S,
        3.0 * DAY_S,
        7.0 * DAY_S,
        14.0 * DAY_S,
        30.0 * DAY_S,
    )
    level: Annotated[float, Meta(gt=0, lt=1)] = 0.05
    min_people: Least | None = None


ImpactAsk = DriversAsk | AttributionAsk | TaintAsk


class ImpactPeopleAsk(Part, frozen=True, kw_only=True):
    """The people behind a number of an answer: its question, and the number's `cell`."""

    question: ImpactAsk
    cell: Annotated[str, Meta(min_length=1, max_length=4_000)]
    cursor: Annotated[str, Meta(max_length=2_000)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class DriverTold(Told, frozen=True, kw_only=True):
    """One candidate against attempts alike. Observational: nobody was assigned to it.

    Attributes:
        exposed: exposed attempts; `people` whose.
        reached: those of them who reached the outcome; of a rating all.
        expected: share (of a rating: mean) among moments alike; `mean` of a rating itself.
        direction: whether it makes the outcome worse, better, or neither surely.
        odds_ratio, low, high: null for a rating, when hidden, and where the data set no bound.
        effect: outcomes more or fewer than expected; of a rating the difference of means.
    """

    key: str
    source: Literal["event", "property", "trait", "channel", "first", "finding"]
    name: str
    value: str | float | bool | None
    nature: Literal["cause", "step", "place"]
    direction: Literal["worse", "better", "unsure"]
    exposed: Figure
    people: int | None
    reached: Figure
    mean: float | None
    expected: float | None
    compared: int
    unmatched: int
    odds_ratio: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None
    is_exact: bool
    is_corrected: bool
    design_effect: float
    effect: float | None
    effect_low: float | None
    effect_high: float | None
    per_month: float | None
    per_month_low: float | None
    per_month_high: float | None


class DriversResult(Told, frozen=True, kw_only=True, tag="drivers", tag_field="kind"):
    """What moves an outcome: significant rows first, causes before steps and places.

    Attributes:
        attempts: whose time is known, `people` whose; `reached` of them.
        mean: of ratings.
        open: attempts left out because their time still runs.
        unrated: of ratings: attempts without one.
        is_skewed: more than ten times as many ended one way as the other.
        observational: always true; here so that nobody forgets to say it.
    """

    attempts: Figure
    people: int | None
    reached: Figure
    mean: float | None
    is_good: bool
    open: int | None
    unrated: int
    tested: int
    untested: int
    is_skewed: bool
    span_days: float
    level: float
    observational: bool
    rows: tuple[DriverTold, ...]


class CreditTold(Told, frozen=True, kw_only=True):
    """What one touch is owed under one model, with 95 % intervals by bootstrap of customers."""

    touch: str
    conversions: float | None
    low: float | None
    high: float | None
    share: float | None
    value: float | None
    value_low: float | None
    value_high: float | None
    removal_effect: float | None


class ModelTold(Told, frozen=True, kw_only=True):
    """One way to share conversions out; rows in the order of `touches`."""

    model: Kind
    order: int | None
    rows: tuple[CreditTold, ...]


class TouchTold(Told, frozen=True, kw_only=True):
    """A touch: people whose paths meet it, by how the paths ended."""

    touch: str
    converted: Figure
    null: Figure


class AttributionResult(Told, frozen=True, kw_only=True, tag="attribution", tag_field="kind"):
    """Conversions shared out by several models, and what they had to leave aside.

    Attributes:
        conversions: all; `untouched` of them have no touch before them and are owed to nobody.
        nulls: paths that led to none; only Markov learns from them.
        open: people whose last path may still convert; left out.
        self_loops: touches that repeat the one before; `is_collapsed`: each run counted once.
        loops: paths that come back to a touch after another; kept.
    """

    conversions: Figure
    untouched: Figure
    nulls: Figure
    open: int | None
    value: float | None
    self_loops: int
    loops: int
    is_collapsed: bool
    replicates: int
    touches: tuple[TouchTold, ...]
    models: tuple[ModelTold, ...]


class TaintPointTold(Told, frozen=True, kw_only=True):
    """One interval before or after the moment: those it happened to beside those alike.

    Attributes:
        affected, alike: how many came in it, of those for whom it is known; of ratings how many
            rated. `value`, `expected`: share, or mean of ratings, of both.
    """

    side: Literal["before", "after"]
    from_s: float
    to_s: float
    affected: Figure
    alike: Figure
    value: float | None
    expected: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    q: float | None
    is_significant: bool


class TaintResult(Told, frozen=True, kw_only=True, tag="taint", tag_field="kind"):
    """How bad moments colour what lies before and after.

    Attributes:
        people: who had a bad moment and has somebody alike; `alike` how many those are.
        unmatched: who had one and has nobody alike; left out.
        points: from the longest before to the longest after.
    """

    is_rating: bool
    people: int | None
    alike: int | None
    unmatched: int | None
    level: float
    observational: bool
    points: tuple[TaintPointTold, ...]


ImpactResult = DriversResult | AttributionResult | TaintResult


class ImpactAnswer(Told, frozen=True, kw_only=True):
    """An answer about impact: what it is of, and what was found."""

    header: Header
    result: ImpactResult


def impact_schemas() -> dict[str, Schema]:
    """Return the schemas of these types by name."""
    return schemas_of((DriversAsk, AttributionAsk, TaintAsk, ImpactPeopleAsk), (ImpactAnswer,))
