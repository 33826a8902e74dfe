"""Rows that come back when a map is laid over real journeys."""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.journeys import Figure, NameCount
from hamsafar.maps.types import DeviationKind, JourneyMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How the goal goes with a deviation and without it. Observed, not proven to be its doing.

    Attributes:
        given: attempts with the deviation that reached the goal, of those decided.
        without: attempts without it, likewise.
        difference: share with, less share without; -1 … 1.
        low, high: Newcombe's interval of 95 %.
        q: false-discovery rate over all deviations of the answer.
    """

    given: Figure
    without: Figure
    difference: float
    low: float
    high: float
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One way in which real journeys differ from the map.

    Attributes:
        key: opens it to its people; the same in every answer about this map.
        kind: what differs.
        touchpoint: id of the touchpoint it is about; empty: the journey never began in the map.
        channel: the wrong channel, else empty.
        people: different people with it, of all.
        attempts: attempts with it, of all.
        times: how often it happened.
        minutes: customers' time it took; see `reference/maps`.
        cost: what it takes from fitness, 0 … 1, summed over attempts.
        effect: on the goal; None where it would say nothing (no goal, or the goal itself).
        allowed: whether somebody allowed it; it then takes nothing from fitness.
    """

    key: str
    kind: DeviationKind
    touchpoint: str
    channel: str
    people: Figure
    attempts: Figure
    times: int
    minutes: float
    cost: float
    effect: Effect | None
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFit:
    """What really happens at one touchpoint.

    Attributes:
        touchpoint: its id.
        people: who came here, of all.
        attempts: attempts that came here, of all.
        times: events used as this touchpoint.
        wrong: those of them in a wrong channel.
        wait_median_s, wait_p95_s: time to the next step of the map, of those that came; None when
            none did.
        late: of those that were followed or still wait, those beyond `at_most_s`; None without one.
        open: who still waits.
    """

    touchpoint: str
    people: Figure
    attempts: Figure
    times: int
    wrong: Figure
    wait_median_s: float | None
    wait_p95_s: float | None
    late: Figure | None
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFit:
    """How well one stage fits.

    Attributes:
        stage: its id.
        fitness: 0 … 1, of the attempts that came here; None when none did.
        people: who came to any of its touchpoints, of all.
    """

    stage: str
    fitness: float | None
    people: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """A map laid over real journeys.

    Attributes:
        journey: the map.
        people: who has any step of the map in an attempt.
        attempts: attempts at the aim; `open` of them may still go on.
        variants: different attempts.
        fitness: mean over attempts of 1 - cost / worst cost; None without attempts.
        fitting: attempts without any deviation that is not allowed.
        goal: attempts that reached the goal, of those decided.
        stages: in order of the map.
        cards: touchpoints in order of the map.
        deviations: most people first.
        others: events of the history the map does not know, most frequent first.
        unknown_events, unknown_channels: named in the map, not in the history.
        too_long: attempts left out because they have too many steps.
        as_of_us: µs UTC.
    """

    journey: JourneyMap
    people: int
    attempts: int
    open: int
    variants: int
    fitness: float | None
    fitting: Figure
    goal: Figure
    stages: tuple[StageFit, ...]
    cards: tuple[CardFit, ...]
    deviations: tuple[Deviation, ...]
    others: tuple[NameCount, ...]
    unknown_events: tuple[str, ...]
    unknown_channels: tuple[str, ...]
    too_long: int
    as_of_us: int
