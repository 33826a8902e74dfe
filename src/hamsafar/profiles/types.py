"""Nouns of profiles: the fold of a node, the profile of a person, one line of a timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from hamsafar.collect.types import Identifier
from hamsafar.expr import Normal, normal
from hamsafar.identity.types import Node
from hamsafar.storage.types import U32


class NameActivity(msgspec.Struct, array_like=True, gc=False):
    """How often and when one thing happened.

    Attributes:
        count: times it happened.
        first: earliest, µs UTC.
        last: latest, µs UTC.
        days: count per UTC day number since 1970; the newest 400 days.
    """

    count: int
    first: int
    last: int
    days: dict[int, int]


class Activity(msgspec.Struct, array_like=True, gc=False):
    """The activity fold of one node.

    Attributes:
        names: by event name code.
        channels: events by channel code.
    """

    names: dict[int, NameActivity] = {}
    channels: dict[int, int] = {}


class Trait(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One trait as it was last said.

    Attributes:
        value: any JSON value; None means it was taken back.
        occurred_at: when it was said, µs UTC.
        message_id: of the event that said it; breaks ties.
        source_id: where it was said.
    """

    value: object
    occurred_at: int
    message_id: str
    source_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedActivity:
    """Activity of one event name."""

    name: str
    count: int
    first_at: int
    last_at: int
    days: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One person, now.

    Attributes:
        person: the person's number, good until a merge; for links use an identifier.
        label: a name people recognise.
        traits: current ones by name, taken-back ones left out.
        activity: by event name, most frequent first.
        channels: (channel, events), most frequent first.
        events: events ever, µs of the first and last.
    """

    person: int
    label: str
    identifiers: list[Node]
    traits: dict[str, Trait]
    activity: list[NamedActivity]
    channels: list[tuple[str, int]]
    events: int
    first_seen_at: int
    last_seen_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A person in a list."""

    person: int
    label: str
    identifiers: list[Identifier]
    events: int
    last_seen_at: int


class Origin(StrEnum):
    """Who made an event."""

    CLIENT = "client"
    HAMSAFAR = "hamsafar"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One event of a person, as told on the timeline.

    Attributes:
        seq: place in the log; unique; orders events of one moment.
        id: the client's message id.
        category: what a page or screen belongs to, as said beside its name; empty for none.
        properties, traits, context, derived: JSON objects as bytes, empty for none.
    """

    seq: int
    id: str
    type: str
    name: str
    channel: str
    source_id: int
    node: int
    occurred_at: int
    received_at: int
    origin: Origin
    category: str
    properties: bytes
    traits: bytes
    context: bytes
    derived: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineQuery:
    """Which part of a timeline.

    Attributes:
        name, channel: only these, empty for all.
        since, until: µs UTC, half open; None for no bound.
        before: (occurred_at, seq) of the last event already shown.
        limit: at most this many, 1 to 1,000.
    """

    name: str = ""
    channel: str = ""
    since: int | None = None
    until: int | None = None
    before: tuple[int, int] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitValues:
    """One trait of all people who have or had it.

    Attributes:
        person: u32[n], rising.
        code: u32[n] into `values`; 0: taken back.
        values: distinct values in the normal form of conditions; the first is None.
    """

    person: U32
    code: U32
    values: tuple[Normal, ...]


@dataclass(slots=True)
class TraitSeen:
    """A trait, how many of those looked at have it, and some distinct values of theirs."""

    name: str
    count: int = 0
    examples: list[Normal] = field(default_factory=list)

    def note(self, value: object, most: int) -> None:
        """Count one more."""
        self.count += 1
        plain = normal(value)
        if len(self.examples) < most and plain not in self.examples:
            self.examples.append(plain)
