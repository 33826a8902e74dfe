"""Nouns of a person's way through a funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hamsafar.journeys.funnel_types import Semantics


class Outcome(StrEnum):
    """What an event did for the funnel.

    `entered`, `advanced`, `completed`: it took the first, a further, the last step. `repeated`: a
    step the attempt had taken. `replaced`: a first step that a later one renewed. `excluded`: an
    exclusion that ended an attempt. `too_late`: the next step, after the window. `out_of_order`: a
    step whose turn it was not. `outside_range`: a first step outside the range of entering.
    `unused`: no step, or an exclusion that hit nothing. `filtered`: it does not count.
    """

    ENTERED = "entered"
    ADVANCED = "advanced"
    COMPLETED = "completed"
    REPEATED = "repeated"
    REPLACED = "replaced"
    EXCLUDED = "excluded"
    TOO_LATE = "too_late"
    OUT_OF_ORDER = "out_of_order"
    OUTSIDE_RANGE = "outside_range"
    UNUSED = "unused"
    FILTERED = "filtered"


class Ended(StrEnum):
    """How an attempt ended."""

    COMPLETED = "completed"
    EXPIRED = "expired"
    EXCLUDED = "excluded"
    BROKEN = "broken"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTold:
    """One event and what it did.

    Attributes:
        index: which of the person's events, from 0.
        at_us: when, µs UTC.
        name: of the event.
        channel: where; empty when not known.
        outcome: what it did.
        step: number of the step it is, from 0; None: it is none.
        attempt: number of the attempt it belongs to, from 1; None: to none.
        late_s: for `too_late`, how many seconds after the window.
    """

    index: int
    at_us: int
    name: str
    channel: str
    outcome: Outcome
    step: int | None
    attempt: int | None
    late_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTold:
    """One attempt.

    Attributes:
        number: from 1.
        entered_at_us: when the chain that got furthest took the first step.
        level: steps taken up to the furthest, optional ones between counted.
        ended: how.
        ended_at_us: when; of an open one, when its window will end.
        steps_us: when each step was taken; None: left out.
    """

    number: int
    entered_at_us: int
    level: int
    ended: Ended
    ended_at_us: int
    steps_us: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonExplanation:
    """A person's way through a funnel.

    Attributes:
        person: the id.
        events: all of the person's, in order.
        attempts: by our rules, in order.
        levels: steps taken by each program's rules; 0: did not enter, or was taken out.
    """

    person: int
    events: tuple[EventTold, ...]
    attempts: tuple[AttemptTold, ...]
    levels: Mapping[Semantics, int]
