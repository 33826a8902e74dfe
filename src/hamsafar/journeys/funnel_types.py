"""Nouns of funnels: steps, rules, and the words they are asked with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict

from hamsafar.expr import Condition
from hamsafar.journeys.columns import PropertyColumn, TraitColumn
from hamsafar.journeys.shards import U8

DAY_S = 86_400
MAX_WINDOW_S = 100 * 366 * DAY_S
SESSION_GAP_S = 1_800.0
MAX_CONDITIONS = 62
"""Steps and exclusions of one funnel together: the bits of a word."""


class Order(StrEnum):
    """In which order steps must happen."""

    ORDERED = "ordered"
    ANY = "any"
    STRICT = "strict"


class Ties(StrEnum):
    """What events of the same µs mean: any order among them will do, or none of them is later."""

    FAVOUR = "favour"
    STRICT_TIME = "strict_time"


class ExclusionPolicy(StrEnum):
    """What an exclusion takes: the attempt from there on, or the person."""

    VOID_ATTEMPT = "void_attempt"
    DROP_PERSON = "drop_person"


class Semantics(StrEnum):
    """Whose rules count."""

    HAMSAFAR = "hamsafar"
    POSTHOG = "posthog"
    CLICKHOUSE = "clickhouse"
    MIXPANEL_CLASSIC = "mixpanel_classic"


class CountBy(StrEnum):
    """What a unit of the counts is."""

    PEOPLE = "people"
    ATTEMPTS = "attempts"
    SESSIONS = "sessions"


class Attribution(StrEnum):
    """Whose value of the breakdown stands for an attempt.

    `first_touch` and `last_touch`: the first (last) known value among the events of its steps;
    `step`: that of one step; `all_events`: only events of one value form an attempt, so a person
    may stand in several values.
    """

    FIRST_TOUCH = "first_touch"
    LAST_TOUCH = "last_touch"
    STEP = "step"
    ALL_EVENTS = "all_events"


What = str | frozenset[str] | Condition | tuple[U8, ...]
"""Which events: one name, any of several, a condition, or u8[n] per chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a funnel.

    Attributes:
        what: which events take it.
        label: what people call it.
        optional: it may be left out; it is looked for between the steps around it.
    """

    what: What = field(repr=False)
    label: str
    optional: bool = False


StepLike = What | list[str] | set[str] | Step
"""What may be given for a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Events that must not happen strictly between two steps, `from_step` < `to_step`, from 0."""

    what: What = field(repr=False)
    from_step: int
    to_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """What a funnel is split by.

    Attributes:
        by: an event property or a person's trait as a column; None: the channel.
        attribution: whose value counts.
        step: for attribution `step`.
        limit: values listed, those with most entrants; the others are one row.
        label: what people call it.
    """

    by: PropertyColumn | TraitColumn | None = field(default=None, repr=False)
    attribution: Attribution = Attribution.FIRST_TOUCH
    step: int = 0
    limit: int = 10
    label: str = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRules:
    """The rules of a funnel.

    Attributes:
        window_s: from the first step to the last at most, inclusive.
        order: of the steps.
        ties: what events of the same µs mean.
        reuse: one event may take several steps that it meets.
        exclusions: what must not happen between steps.
        exclusion_policy: what an exclusion takes.
        semantics: whose rules count where they differ from ours.
        count_by: what is counted.
        session_gap_s: a longer pause ends a session; for `count_by` sessions.
        breakdown: what to split by; None: nothing.
        as_of_us: attempts whose window ends later are open; None: the newest event.
    """

    window_s: float
    order: Order = Order.ORDERED
    ties: Ties = Ties.FAVOUR
    reuse: bool = False
    exclusions: tuple[Exclusion, ...] = ()
    exclusion_policy: ExclusionPolicy = ExclusionPolicy.VOID_ATTEMPT
    semantics: Semantics = Semantics.HAMSAFAR
    count_by: CountBy = CountBy.PEOPLE
    session_gap_s: float = SESSION_GAP_S
    breakdown: Breakdown | None = None
    as_of_us: int | None = None


class RuleWords(TypedDict, total=False):
    """The rules of a funnel as keywords: names of enums are enough; see `FunnelRules`."""

    order: str
    ties: str
    reuse: bool
    exclusions: list[tuple[StepLike, int, int]] | list[Exclusion]
    exclusion_policy: str
    semantics: str
    count_by: str
    session_gap_s: float
    breakdown: Breakdown | None
    as_of_us: int | None
