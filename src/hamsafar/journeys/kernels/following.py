"""Kernels of following: what comes right after (or before) a chain of events."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.marking import longest_of, word_of
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import Events, Marks, Sieve
from hamsafar.storage.types import I64

EVERY, HEAD, TAIL, FIRST_MATCH, LAST_MATCH = 0, 1, 2, 3, 4
NOTHING = -1


@kernel
def kept_of(events: Events, sieve: Sieve | None, person: int, out: I64) -> int:
    """Fill `out` with the rows of a person's events that count; return how many."""
    first, last = events.starts[person], events.starts[person + 1]
    if sieve is None:
        for i in range(first, last):
            out[i - first] = i
        return int(last - first)
    found = 0
    for i in range(first, last):
        if is_kept(events, sieve, i):
            out[found] = i
            found += 1
    return found


@kernel
def bases(events: Events, marks: Marks, kept: I64, base: int) -> tuple[int, int]:
    """Return from and to (excluded) which place of `kept` a chain may begin."""
    n = len(kept)
    if base == EVERY or n == 0:
        return 0, n
    if base == HEAD:
        return 0, 1
    if base == TAIL:
        return n - 1, n
    found = -1
    for place in range(n):
        if word_of(events, marks, kept[place]) & np.uint64(1):
            found = place
            if base == FIRST_MATCH:
                break
    return (0, 0) if found < 0 else (found, found + 1)


@kernel
def is_chain(events: Events, marks: Marks, kept: I64, walk: tuple[int, int, int]) -> bool:
    """Return whether condition k holds at place + k * step; `walk` is (place, step, length)."""
    place, step, length = walk
    for k in range(length):
        at = place + k * step
        if at < 0 or at >= len(kept):
            return False
        if not word_of(events, marks, kept[at]) & (np.uint64(1) << np.uint64(k)):
            return False
    return True


@kernel
def follow(
    events: Events,
    work: tuple[Sieve | None, Marks],
    rules: tuple[int, int, int],
    out: tuple[I64, I64, I64, I64],
) -> int:
    """Fill `out` (place of the person, code that follows, duration, time) with each time.

    `rules` are (length of the chain, step 1 or -1, where it may begin). A code of -1 is nothing.
    Returns how many there are, also beyond the room in `out`: call with none to learn the number.
    """
    sieve, marks = work
    length, step, base = rules
    who, code, took, at = out
    room = np.empty(longest_of(events), np.int64)
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        kept = room[: kept_of(events, sieve, person, room)]
        low, high = bases(events, marks, kept, base)
        for place in range(low, high):
            if not is_chain(events, marks, kept, (place, step, length)):
                continue
            if found < len(who):
                ended = events.time[kept[place + (length - 1) * step]]
                following = place + length * step
                who[found] = person
                code[found] = NOTHING
                took[found] = 0
                at[found] = ended
                if 0 <= following < len(kept):
                    i = kept[following]
                    code[found] = events.code[i]
                    took[found] = abs(events.time[i] - ended)
                    at[found] = events.time[i]
            found += 1
    return found
