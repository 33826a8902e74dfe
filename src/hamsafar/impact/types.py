"""Nouns of Impact: what one may ask, and what a person behind a number is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hamsafar.expr import Condition
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

DAY_S = 86_400.0
What = str | Condition
"""Which events are meant: those of a name, or those of which a condition holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaches:
    """The outcome is an event: a purchase, a booking, a complaint.

    Attributes:
        event: which.
        is_good: whether one wants it to happen.
    """

    event: What
    is_good: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Churns:
    """The outcome is silence: no event for so many days. Nobody wants it.

    Who has been silent for less when the data end is not counted as churned, nor as staying.
    """

    days: float = 30.0
    is_good: bool = False

    def __post_init__(self) -> None:
        """Check the number.

        Raises:
            BadInput: not above 0.
        """
        if not self.days > 0:
            raise BadInput(f"days must be above 0, not {self.days}", where="outcome.days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The outcome is a number somebody gives: the first one in the attempt.

    Attributes:
        property: path of the number.
        event: only on these events; None: on any.
        is_good: whether more is better.
    """

    property: str
    event: What | None = None
    is_good: bool = True


Outcome = Reaches | Churns | Rates


class Source(StrEnum):
    """Where a candidate for a driver comes from."""

    EVENT = "event"
    PROPERTY = "property"
    TRAIT = "trait"
    CHANNEL = "channel"
    FIRST = "first"
    FINDING = "finding"


class Nature(StrEnum):
    """What a candidate is to the outcome, by the roles of its event.

    Steps (cart, checkout, and what nearly everybody who gets there passes) lead to the outcome,
    and places (pages, browsing, searching, signing in) are where people are: both go with the
    outcome without being its cause, so they are ranked after what may be one.
    """

    CAUSE = "cause"
    STEP = "step"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Every event is a candidate.

    Attributes:
        names: only these; None: all.
    """

    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """Each frequent value of an event property is a candidate.

    It is compared with other values, and with none, on events of the names that carry it.
    """

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """Each frequent value of a person's trait, as it is now, is a candidate from the entry on."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Each channel is a candidate: its first event in the attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTime:
    """Whether it is the person's first attempt is a candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Moments found elsewhere are a candidate: friction, a call, a broken promise.

    Attributes:
        name: what was found.
        person: i64[f], whom it happened to.
        at_us: i64[f], when, µs UTC; it counts from the person's last event until then on.
    """

    name: str
    person: I64 = field(repr=False)
    at_us: I64 = field(repr=False)


Candidate = Events | Property | Trait | Channels | FirstTime | Findings
