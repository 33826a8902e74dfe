"""Kernel of matters: each event joins the newest open matter it agrees with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_skipped
from hamsafar.journeys.shards import Events
from hamsafar.storage.types import I64, U32

OPEN = 64
"""As `matters.OPEN_MATTERS`."""
RANKS = 4


class Open(NamedTuple):
    """A person's open matters in order of their last event, the newest last."""

    keys: U32
    first: I64
    last: I64


@kernel
def join_matters(events: Events, ranks: U32, within: int, out: I64) -> None:
    """Fill `out` with the first row of each event's matter.

    `ranks` is u32[4, n]: case, order, product and topic of each event, 0 where it names none.
    """
    held = Open(
        np.zeros((OPEN, RANKS), np.uint32), np.zeros(OPEN, np.int64), np.zeros(OPEN, np.int64)
    )
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        count = 0
        for i in range(events.starts[person], events.starts[person + 1]):
            if names_matter(ranks, i):
                at = events.time[i]
                place = joined(held, count, ranks, i, at - within)
                count = put(held, count, place, ranks, i)
                held.last[count - 1] = at
                out[i] = held.first[count - 1]


@kernel
def names_matter(ranks: U32, i: int) -> bool:
    """Return whether an event names any matter."""
    return bool(ranks[0, i] | ranks[1, i] | ranks[2, i] | ranks[3, i])


@kernel
def agrees(keys: U32, ranks: U32, i: int) -> bool:
    """Return whether an event agrees with a matter on the most exact key both have."""
    for rank in range(RANKS):
        if keys[rank] and ranks[rank, i]:
            return bool(keys[rank] == ranks[rank, i])
    return False


@kernel
def joined(held: Open, count: int, ranks: U32, i: int, since: int) -> int:
    """Return the place of the newest matter an event joins, -1 for none."""
    for place in range(count - 1, -1, -1):
        if held.last[place] < since:
            return -1
        if agrees(held.keys[place], ranks, i):
            return place
    return -1


@kernel
def put(held: Open, count: int, place: int, ranks: U32, i: int) -> int:
    """Move the joined matter (or a new one) behind the others; return how many there are then."""
    row = np.zeros(RANKS, np.uint32)
    begun = np.int64(i)
    if place >= 0:
        row[:] = held.keys[place]
        begun = held.first[place]
    elif count < OPEN:
        place = count
        count += 1
    else:
        place = 0
    for later in range(place, count - 1):
        held.keys[later] = held.keys[later + 1]
        held.first[later] = held.first[later + 1]
        held.last[later] = held.last[later + 1]
    for rank in range(RANKS):
        if not row[rank]:
            row[rank] = ranks[rank, i]
    held.keys[count - 1] = row
    held.first[count - 1] = begun
    return count
