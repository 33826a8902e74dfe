"""What funnel kernels read and write: shared by those who call them and those compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.journeys.shards import U8
from hamsafar.storage.types import I64, U32

NEVER = -(1 << 60)
"""Before every time, and further from every time than any window."""

ABSENT = -1
"""In place of an event: this step was left out."""

FLOW, ONE_EACH, MATCH = 0, 1, 2
"""What events of one time may do for a chain: run through all steps they meet; take one step
together; take a step each, as many as can be matched."""

ORDERED, STRICT, ANY, POSTHOG, POSTHOG_ANY, ANCHORED = 0, 1, 2, 3, 4, 5
"""Engines of the general walk; the last begins at the first step 1 and is not renewed."""

PEOPLE, ATTEMPTS, SESSIONS = 0, 1, 2
"""What a unit is."""

TRACE, EPISODE, WHOLE, FREE = 1, 2, 4, 8
"""How a run goes: tells the events; ends when nothing is in its window; goes on to the end; knows
no exclusions."""


class Limits(NamedTuple):
    """The rules a kernel counts by.

    Attributes:
        top: how many steps that are not optional.
        window: µs from the first to the last step at most.
        from_us, to_us: `from_us` ≤ time of entering < `to_us`.
        as_of: attempts that could still go on after this time are open.
    """

    top: int
    window: int
    from_us: int
    to_us: int
    as_of: int


class Rules(NamedTuple):
    """The rules only the general walk knows.

    An event's word has a bit for each required step, from 0, then for each exclusion, then for
    each optional step; for the engine `POSTHOG` for all steps in order, then for exclusions.

    Attributes:
        engine: which.
        unit: what a unit is.
        ties: `FLOW`, `ONE_EACH` or `MATCH`.
        gap: a session ends with a longer pause, µs.
        grain: times are cut to multiples of this, µs.
        drops: 1 if an exclusion takes out the person.
        strict: 1 if all events count, not only those that are steps.
        first, last: i64[exclusions], each voids attempts at these levels (steps taken).
        place: i64[top], number of each required step among all.
        optional: i64[o], number of each optional step among all.
        size: number of all steps.
    """

    engine: int
    unit: int
    ties: int
    gap: int
    grain: int
    drops: int
    strict: int
    first: I64
    last: I64
    place: I64
    optional: I64
    size: int


class Keep(NamedTuple):
    """Which events count besides filters, by a code: `ok[code[i & mask]]`; see `Sieve`."""

    code: U32
    mask: int
    ok: U8


class Quick(NamedTuple):
    """Working room of the quick walk for one person, used again for the next.

    Attributes:
        at: i64[longest], index of each event that is a step.
        word: i64[longest], number of the step.
        start: i64[top + 1], latest time of entering of a chain now at this level.
        chain: i64[top + 1], events of the attempt that is told.
    """

    at: I64
    word: I64
    start: I64
    chain: I64


class Room(NamedTuple):
    """Working room of the general walk for one person, used again for the next.

    Attributes:
        at, word, time: i64[longest], index, word and time of each event that plays a part.
        owner, source: i64[longest], for matching: the step that has an event, that asks for it.
        start: i64[size + 1], latest time of entering of a chain now at this level.
        following: i64[size + 1], the same after the present time.
        early: i64[size + 1], time of entering of the first chain that came to this level to stay.
        early_at: i64[size + 1], when it came.
        spot: i64[size + 1], for matching: the event a step has.
        queue: i64[size + 2].
        chains: i64[size + 2, size + 1], events of the chain at each level, as places in `at`.
        chain: i64[size + 1], events of the attempt that is told.
        best: i64[4], furthest level, its time of entering, when it came; an answer of engines.
    """

    at: I64
    word: I64
    time: I64
    owner: I64
    source: I64
    start: I64
    following: I64
    early: I64
    early_at: I64
    spot: I64
    queue: I64
    chains: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    chain: I64
    best: I64


class Found(NamedTuple):
    """What kernels write: a row for each unit that entered, and the events of its steps.

    Attributes:
        person: i64[rows], place of the person in the chunk.
        length: u8[rows], steps up to the furthest one taken.
        state: u8[rows], see `OPEN` and `DROPPED`.
        at: i64[cells], index of the event of each of the row's `length` steps, or `ABSENT`.
    """

    person: I64
    length: U8
    state: U8
    at: I64


OPEN = 1
"""The unit may still get further after `as_of`."""
DROPPED = 2
"""An exclusion takes the person out of the funnel."""


class Units(NamedTuple):
    """Units that entered, with times instead of events: what is merged and told.

    Attributes:
        person: u32[rows], person ids.
        length: u8[rows], steps up to the furthest one taken.
        state: u8[rows].
        time: i64[cells], µs UTC of each step, `NEVER` where it was left out.
        value: u32[rows], code of the breakdown's value, 0: unknown; empty without one.
    """

    person: U32
    length: U8
    state: U8
    time: I64
    value: U32
