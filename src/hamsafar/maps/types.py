"""Nouns of maps: the designed journey, as people write it down.

A map has stages; a stage has steps; a step is a touchpoint or a block of steps. Everything is
frozen; JSON and YAML have exactly these fields (`reading`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import msgspec

from hamsafar.journeys import Party

WEEK_S = 7 * 86_400


class _Part(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    pass


class Words(_Part, frozen=True):
    """The same words in Persian and English; one of them may be missing."""

    fa: str = ""
    en: str = ""


NO_WORDS = Words()


class Touchpoint(_Part, frozen=True, tag_field="kind", tag="touchpoint"):
    """One thing the customer does or lives, at one place.

    Attributes:
        id: unique in the map.
        events: names of events; any of them is this touchpoint.
        where: what must be true of the event besides, as canonical JSON of a condition (`expr`);
            empty: nothing. In a map's own JSON and YAML the condition stands there as it is.
        channels: where it may happen; empty: anywhere.
        information: what the customer needs to know here.
        feeling: how the customer shall feel.
        back_office: what happens behind the scenes, in order.
        expected_s: seconds it usually takes until the customer's next step.
        at_most_s: seconds after which the next step is too late.
        waits_for: who is waited for until the next step; None: as the events' roles say.
        owner: who answers for it.
    """

    id: str
    events: tuple[str, ...]
    label: Words = NO_WORDS
    where: str = ""
    channels: tuple[str, ...] = ()
    information: Words = NO_WORDS
    feeling: Words = NO_WORDS
    back_office: tuple[Words, ...] = ()
    expected_s: float | None = None
    at_most_s: float | None = None
    waits_for: Party | None = None
    owner: str = ""


class InOrder(_Part, frozen=True, tag_field="kind", tag="sequence"):
    """All steps, one after the other."""

    of: tuple[Block, ...]


class AnyOrder(_Part, frozen=True, tag_field="kind", tag="any_order"):
    """All parts, in any order, also mixed; no event belongs to two of them."""

    of: tuple[Block, ...]


class Choice(_Part, frozen=True, tag_field="kind", tag="choice"):
    """Exactly one of the parts."""

    of: tuple[Block, ...]


class Maybe(_Part, frozen=True, tag_field="kind", tag="optional"):
    """The steps one after the other, or none of them."""

    of: tuple[Block, ...]


class Loop(_Part, frozen=True, tag_field="kind", tag="loop"):
    """The steps one after the other, `min` to `max` times over.

    Attributes:
        max: None: as often as they like.
    """

    of: tuple[Block, ...]
    min: int = 1
    max: int | None = None


Block: TypeAlias = Touchpoint | InOrder | AnyOrder | Choice | Maybe | Loop
"""A step of a stage."""


class Stage(_Part, frozen=True):
    """A part of the journey with a purpose of its own; stages follow each other.

    Attributes:
        id: unique in the map.
        of: its steps, one after the other.
    """

    id: str
    of: tuple[Block, ...]
    label: Words = NO_WORDS
    owner: str = ""


class Attempts(_Part, frozen=True):
    """Where one attempt at the aim ends and the next begins.

    Attributes:
        silence_s: without any step for so many seconds it is over; None: silence ends nothing.
        restart: after the goal, a step of an earlier stage begins the next.
    """

    silence_s: float | None = WEEK_S
    restart: bool = True


class JourneyMap(_Part, frozen=True):
    """A designed journey.

    Attributes:
        id: short name in addresses: a-z, 0-9, -.
        name: what the map is called.
        aim: what the customer wants.
        goal: ids of the touchpoints that reach it; any of them does.
        owner: who answers for the journey.
        attempts: how a person's life is cut into attempts at the aim.
        stages: in order.
    """

    id: str
    name: Words
    stages: tuple[Stage, ...]
    goal: tuple[str, ...] = ()
    aim: Words = NO_WORDS
    owner: str = ""
    attempts: Attempts = Attempts()


class DeviationKind(StrEnum):
    """How a real journey can differ from the designed one."""

    MISSING = "missing"
    """Went on without it."""
    STOPPED = "stopped"
    """Did not go on after it; what follows in the map is not counted as missing."""
    TOO_OFTEN = "too_often"
    OUT_OF_SEQUENCE = "out_of_sequence"
    EXCLUSIVE = "exclusive"
    """A step of a path that excludes the one taken."""
    WRONG_CHANNEL = "wrong_channel"
    TOO_LATE = "too_late"
    """The next step came (or is still to come) later than allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMap:
    """One saved version of a map.

    Attributes:
        version: of this body, from 1.
        newest: the newest version.
        published: the version that is watched for drift; 0: none yet.
        note: what was changed, in the words of who saved it.
        made_at: when this version was saved, µs UTC.
        made_by: who saved it, as the audit names him.
    """

    journey: JourneyMap
    version: int
    newest: int
    published: int
    note: str
    made_at: int
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapVersion:
    """A line of a map's history of versions; fields as of `StoredMap`."""

    version: int
    note: str
    made_at: int
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A deviation somebody has allowed.

    Attributes:
        deviation: its key.
        expires_at: until when, µs UTC; None: until it is taken back.
    """

    id: str
    map_id: str
    deviation: str
    reason: str
    owner: str
    expires_at: int | None
    made_at: int
    made_by: str

    def is_valid(self, now: int) -> bool:
        """Tell whether it still stands at a moment, µs UTC."""
        return self.expires_at is None or now < self.expires_at
