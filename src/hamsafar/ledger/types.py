"""Nouns of the time ledger: working hours, what is asked, and the rows that come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from hamsafar.journeys import EVERYTHING, Figure, Filters, Party

PARTIES = tuple(Party)
"""Parties in the order of columns."""
WEEK_S = 7 * 86_400
MAX_CONDITIONS = 8
"""Which of them hold of an event is 8 bits."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class WorkingHours(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """When somebody is at work, and how fast they promise to be.

    Attributes:
        id: short name: a-z, 0-9, -.
        name: for people.
        zone: time zone whose clock counts.
        week: by weekday (`saturday`, …) spans of that clock, `["09:00", "17:00"]`; one that ends
            at or before its beginning ends on the next day, `24:00` is the day's end.
        country: whose public holidays are closed, two letters; empty: none.
        closed: further dates that are closed, `2026-03-25` or `۱۴۰۵/۰۱/۰۵`.
        channels: they are at work for these channels; `owners`: for these owners. Owners go before
            channels; hours with neither are for everything else.
        respond_s: promised time to the first answer, in working seconds; None: nothing promised.
        resolve_s: promised time to the end, likewise.
    """

    id: str
    zone: str
    name: str = ""
    week: dict[str, tuple[tuple[str, str], ...]] = {}
    country: str = ""
    closed: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    respond_s: float | None = None
    resolve_s: float | None = None


class By(StrEnum):
    """What makes events one strand of the ledger."""

    MATTER = "matter"
    """Events about one thing: see `journeys.matters`; what names none goes by silence."""
    ATTEMPT = "attempt"
    """All chosen events of a person, parted by silence."""


class Dimension(StrEnum):
    """What waiting and speed are told by; it is that of the event that made somebody wait."""

    TOUCHPOINT = "touchpoint"
    CHANNEL = "channel"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWish:
    """What the ledger shall speak of.

    Attributes:
        by: what makes a strand.
        names: only these events; None: all.
        parties: who is waited for after an event, where the event's roles shall not decide.
        owners: who answers for an event.
        only: events that count only where a condition (`expr`, as JSON) holds; at most
            `MAX_CONDITIONS`.
        silence_s: silence that parts strands that have no matter.
        filters: which events count.
    """

    by: By = By.MATTER
    names: frozenset[str] | None = None
    parties: Mapping[str, Party] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    silence_s: float = WEEK_S
    filters: Filters = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How long one party was waited for.

    Attributes:
        wall_s: by the clock.
        business_s: of it, within working hours of who is at work for the event.
        cell: opens it to the people.
    """

    party: Party
    wall_s: float
    business_s: float
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast something came.

    Attributes:
        count: how often it was asked for.
        done: how often it came.
        gave_up: how often the customer ended before it came.
        open: how often it is still to come.
        median_s, p90_s: in working time, by the Kaplan-Meier curve, so those still waiting count;
            None where too few came to know.
        wall_median_s: the same by the clock.
        target_s: what is promised, in working time; None: nothing.
        within: of those that came in time or can no longer do so, how many came in time; None
            without a promise.
        cell: opens all of them to the people; `open_cell` those still waiting.
    """

    count: int
    done: int
    gave_up: int
    open: int
    median_s: float | None
    p90_s: float | None
    wall_median_s: float | None
    target_s: float | None
    within: Figure | None
    cell: str
    open_cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """The ledger of one touchpoint, channel or owner.

    Attributes:
        key: which one; empty: an event without an owner.
        strands: strands in which it made somebody wait.
        shares: one for each party.
        response: from the question to the first answer; None when nothing was asked here.
        resolution: from the first question to the end; None likewise.
    """

    dimension: Dimension
    key: str
    strands: int
    shares: tuple[Share, ...]
    response: Speed | None
    resolution: Speed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Who waited for whom.

    Attributes:
        people, strands: whose time it is.
        elapsed_s: from the first to the last event of each strand, summed: the sum of all shares.
        median_s: of one strand; None without any.
        shares: one for each party.
        waiting: strands that wait for somebody else than the customer now; their time since the
            last event is in no share.
        rows: by touchpoint, channel and owner; most waited for first.
        response, resolution: of everything.
        as_of_us: µs UTC.
    """

    people: int
    strands: int
    elapsed_s: float
    median_s: float | None
    shares: tuple[Share, ...]
    waiting: int
    rows: tuple[LedgerRow, ...]
    response: Speed | None
    resolution: Speed | None
    as_of_us: int
