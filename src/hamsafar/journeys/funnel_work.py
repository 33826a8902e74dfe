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
        is_dated: 1 if nobody asks for the time of the newest event.
    """

    top: int
    window: int
    from_us: int
    to_us: int
    is_dated: int


class Rules(NamedTuple):
    """The rules of the general walk.

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
        top, window, from_us, to_us, is_dated: as of `Limits`.
        bans: how many exclusions; the levels each hits lie in the room, `FIRST` and `LAST`.
        options: how many optional steps; their numbers lie in the room, `OPTIONAL`, and those of
            the others, `PLACE`.
        size: number of all steps.
    """

    engine: int
    unit: int
    ties: int
    gap: int
    grain: int
    drops: int
    strict: int
    top: int
    window: int
    from_us: int
    to_us: int
    is_dated: int
    bans: int
    options: int
    size: int


Table = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""Working room of the general walk: one table for events, one for levels. Columns of a tuple would
be counted in and out at every use, which costs more than the use."""

AT, WORD, TIME, OWNER, SOURCE, EVENT_ROWS = range(6)
"""Rows of the table of a person's events, i64[5, longest]: index, word and time of each that plays
a part; for matching, the step that has it and the step that asked for it."""

PERSON, LENGTH, STATE, UNTIL, UNIT_ROWS = range(5)
"""Rows of the table of units that entered, i64[4, n]: as of `Found`."""

WHO, ROWS, CELLS = 4, 5, 6
"""Columns of the row `BEST`: whose units are told, and how many rows and cells are written."""

(
    START,
    FOLLOWING,
    EARLY,
    EARLY_AT,
    SPOT,
    QUEUE,
    CHAIN,
    BEST,
    FIRST,
    LAST,
    PLACE,
    OPTIONAL,
    SCRATCH,
    CHAINS,
) = range(14)
"""Rows of the table of levels, i64[14 + levels, …].

START: latest time of entering of a chain now at this level; FOLLOWING: the same after the present
time. EARLY, EARLY_AT: time of entering of the first chain that came to this level to stay, and
when it came. SPOT: for matching, the event a step has. CHAIN: events of the attempt that is told,
as places in the table of events. BEST: furthest level, its time of entering, when it came, and an
answer of engines. FIRST, LAST, PLACE, OPTIONAL: see `Rules`. CHAINS: from here on the events of
the chain at each level."""


class Keep(NamedTuple):
    """Which events count besides filters, by a code: `ok[code[i & mask]]`; see `Sieve`."""

    code: U32
    mask: int
    ok: U8


class Found(NamedTuple):
    """What kernels write: a row for each unit that entered, and the events of its steps.

    Attributes:
        person: i64[rows], place of the person in the chunk.
        who: u32[rows], the person's id.
        length: u8[rows], steps up to the furthest one taken.
        state: u8[rows], 1: `DROPPED`.
        until: i64[rows], when the unit can get no further, µs UTC; `NEVER` if it cannot now.
        time: i64[cells], µs UTC of each of the row's `length` steps, `NEVER` where left out.
        at: i64[cells], index of its event, or `ABSENT`; empty when nobody asks for it.
    """

    person: I64
    who: U32
    length: U8
    state: U8
    until: I64
    time: I64
    at: I64


DROPPED = 1
"""An exclusion takes the person out of the funnel."""


class Units(NamedTuple):
    """Units that entered, with times instead of events: what is merged and told.

    Attributes:
        person: u32[rows], person ids.
        length: u8[rows], steps up to the furthest one taken.
        state: u8[rows].
        until: i64[rows], when the unit can get no further.
        time: i64[cells], µs UTC of each step, `NEVER` where it was left out.
        value: u32[rows], code of the breakdown's value, 0: unknown; empty without one.
    """

    person: U32
    length: U8
    state: U8
    until: I64
    time: I64
    value: U32
