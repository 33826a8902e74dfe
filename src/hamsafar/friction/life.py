"""What detectors look at: a chunk's events as bits, places and matters, all plain arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hamsafar.storage.types import I64, U16, U32

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]


class Fact:
    """Bits of `Life.facts`: what an event is (its roles) and what its properties say."""

    PAGE = 1
    CLICK = 1 << 1
    BROWSE = 1 << 2
    CHECKOUT = 1 << 3
    GOAL = 1 << 4
    ERROR = 1 << 5
    SELF_SERVICE = 1 << 6
    CONTACT = 1 << 7
    CONTACT_END = 1 << 8
    QUESTION = 1 << 9
    ANSWER = 1 << 10
    TRANSFER = 1 << 11
    EXPLAIN = 1 << 12
    SEARCH = 1 << 13
    CHAT = 1 << 14
    """Its channel is a chat or bot."""
    LIVE = 1 << 15
    """Its channel answers at once: call or chat."""
    EMPTY = 1 << 16
    """Nothing was found."""
    NO_EFFECT = 1 << 17
    """The click did nothing."""
    SOLVED = 1 << 18
    UNSOLVED = 1 << 19
    NO_CONTEXT = 1 << 20
    """The next desk was told nothing."""
    WITH_CONTEXT = 1 << 21
    NAMED = 1 << 22
    """Says which help it is (an article)."""
    CART = 1 << 24
    IGNORED = 1 << 23
    """Not done by the customer: technical, derived, sent by the company, or a bot's."""


class Life(NamedTuple):
    """The events of a chunk; persons `lo` to `hi` are looked at.

    Attributes:
        starts: i64[p + 1], first row of each person.
        time: i64[n], µs UTC.
        facts: u32[n], bits of `Fact`.
        spot: i64[n], which page or element: equal where it is the same one.
        matter: i64[n], row of the matter's first event, -1 for none.
        channel: u16[n].
        end: i64[n], last row of the event's session; -1 for ignored events.
        goal: i64[n], row of the next goal in the session after the event, -1 for none.
        talk: i64[n], µs a contact lasted; 0 where that is not known or it is no contact.
        skip: u8[p] or u8[1], persons another chunk holds, and its mask (0 or -1).
    """

    starts: I64
    time: I64
    facts: U32
    spot: I64
    matter: I64
    channel: U16
    end: I64
    goal: I64
    talk: I64
    skip: U8
    skip_mask: int
    lo: int
    hi: int


class Hits(NamedTuple):
    """What detectors write, aligned; too short arrays are only counted, not written.

    Attributes:
        anchor: row where the trouble is: tells place and cause.
        first, last: rows it begins and ends with.
        lost: µs the customer lost.
    """

    anchor: I64
    first: I64
    last: I64
    lost: I64


def room(size: int) -> Hits:
    """Return room for so many hits."""
    return Hits(*(np.zeros(size, np.int64) for _ in Hits._fields))
