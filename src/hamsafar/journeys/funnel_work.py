"""What funnel kernels read and write: shared by those who call them and those compiled."""

from __future__ import annotations

from typing import NamedTuple

from hamsafar.journeys.shards import U8
from hamsafar.storage.types import I64, U32

NEVER = -(1 << 60)
"""Before every time, and further from every time than any window."""

ABSENT = -1
"""In place of an event: this step was left out."""


class Limits(NamedTuple):
    """The rules a kernel counts by.

    Attributes:
        top: how many steps.
        window: µs from the first to the last step at most.
        from_us, to_us: `from_us` ≤ time of entering < `to_us`.
        as_of: attempts that could still go on after this time are open.
    """

    top: int
    window: int
    from_us: int
    to_us: int
    as_of: int


class Room(NamedTuple):
    """Working room for one person, used again for the next.

    Attributes:
        at: i64[longest], index of each event that plays a part.
        word: i64[longest], which parts it plays.
        start: i64[top + 1], latest time of entering of a chain now at this level.
        chain: i64[top + 1], events of the attempt that is told.
    """

    at: I64
    word: I64
    start: I64
    chain: I64


class Found(NamedTuple):
    """What kernels write: a row for each unit that entered, and the events of its steps.

    Attributes:
        person: i64[rows], place of the person in the chunk.
        length: u8[rows], steps up to the furthest one reached.
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
        length: u8[rows], steps up to the furthest one reached.
        state: u8[rows].
        time: i64[cells], µs UTC of each step, `NEVER` where it was left out.
        value: u32[rows], code of the breakdown's value, 0: unknown; empty without one.
    """

    person: U32
    length: U8
    state: U8
    time: I64
    value: U32
