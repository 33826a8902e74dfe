"""From what a request asks about impact to questions of the domain."""

from __future__ import annotations

from hamsafar.api.models.impact import (
    AttributionAsk,
    CandidateAsk,
    ChannelCandidates,
    DriversAsk,
    EventCandidates,
    EventOutcome,
    FirstCandidate,
    OutcomeAsk,
    PropertyCandidates,
    RatingOutcome,
    SilenceOutcome,
    TaintAsk,
    TraitCandidates,
)
from hamsafar.impact import (
    USUAL,
    Candidate,
    Channels,
    Churns,
    Events,
    FirstTime,
    Options,
    Outcome,
    PathRules,
    Property,
    Rates,
    Reaches,
    Rules,
    Shape,
    TaintRules,
    Touch,
    TouchKind,
    Trait,
    What,
)
from hamsafar.impact.questions import AttributionQuestion, DriversQuestion, TaintQuestion
from hamsafar.journeys.query import Happening
from hamsafar.kernel.errors import BadInput


def drivers_question(ask: DriversAsk, least: int) -> DriversQuestion:
    """Return the question.

    Args:
        ask: as it came.
        least: numbers of fewer people are hidden, so fewer are no candidate.

    Raises:
        BadInput: it contradicts itself; `where` names the field.
    """
    candidates = USUAL if ask.candidates is None else tuple(map(_candidate, ask.candidates))
    return DriversQuestion(
        outcome=_outcome(ask.outcome),
        entry=None if ask.entry is None else what_of(ask.entry, "entry"),
        candidates=candidates,
        rules=Rules(window_s=ask.window_s, min_people=max(ask.support, least), level=ask.level),
    )


def attribution_question(ask: AttributionAsk) -> AttributionQuestion:
    """Return the question.

    Raises:
        BadInput: it contradicts itself; `where` names the field.
    """
    touch = Touch(kind=TouchKind(ask.touch.kind), path=ask.touch.path or "", names=ask.touch.names)
    shape = Shape(
        first_share=ask.first_share, last_share=ask.last_share, half_life_s=ask.half_life_s
    )
    return AttributionQuestion(
        conversion=what_of(ask.conversion, "conversion"),
        touch=touch,
        rules=PathRules(lookback_s=ask.lookback_s, value=ask.value),
        models=ask.models,
        options=Options(
            order=ask.order, collapse=ask.collapse, shape=shape, replicates=ask.replicates
        ),
    )


def taint_question(ask: TaintAsk) -> TaintQuestion:
    """Return the question.

    Raises:
        BadInput: it contradicts itself; `where` names the field.
    """
    return TaintQuestion(
        bad=what_of(ask.bad, "bad"),
        rules=TaintRules(
            edges_s=ask.edges_s,
            anchor=None if ask.anchor is None else what_of(ask.anchor, "anchor"),
            good=None if ask.good is None else what_of(ask.good, "good"),
            rating=ask.rating,
            subject=ask.subject,
            level=ask.level,
        ),
    )


def what_of(asked: Happening, where: str) -> What:
    """Return which events are meant.

    Raises:
        BadInput: neither name nor condition is given, or both.
    """
    if (asked.name is None) == (asked.condition is None):
        raise BadInput("give either name or condition", where=where)
    return asked.name or (asked.condition.condition if asked.condition else "")


def _outcome(ask: OutcomeAsk) -> Outcome:
    match ask:
        case EventOutcome():
            return Reaches(event=what_of(ask.event, "outcome.event"), is_good=ask.is_good)
        case SilenceOutcome():
            return Churns(days=ask.days)
        case RatingOutcome():
            event = None if ask.event is None else what_of(ask.event, "outcome.event")
            return Rates(property=ask.property, event=event, is_good=ask.is_good)


def _candidate(ask: CandidateAsk) -> Candidate:
    match ask:
        case EventCandidates():
            return Events(names=ask.names)
        case PropertyCandidates():
            return Property(path=ask.path)
        case TraitCandidates():
            return Trait(name=ask.name)
        case ChannelCandidates():
            return Channels()
        case FirstCandidate():
            return FirstTime()
