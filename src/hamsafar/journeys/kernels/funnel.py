"""Kernel of the usual funnel: ordered steps on disjoint events, ties in favour, nothing excluded.

`start[j]` is the latest time of entering among the chains that have taken step j and whose window
is open: a later start never does worse. An event of step j lets the best chain of step j - 1 go
on. Which events the told attempt consists of is found by a second, short walk.

Helpers take plain arrays: to take one out of a tuple costs more than an event may.
"""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.funnel_work import NEVER, Found, Limits
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_kept
from hamsafar.journeys.shards import U8, Events, Sieve
from hamsafar.storage.types import I64, U32, U64

STEP_BITS = np.uint64(6)
STEP_MASK = np.uint64(63)
ONE = np.uint64(1)
NONE = np.uint64(0)


@kernel
def collect(code: U32, step_of: U8, first: int, last: int, marked: U64) -> np.uint64:
    """Fill `marked` with `index << 6 | step` of the events that are steps; return how many.

    No branch on whether an event is a step: it would be guessed wrong too often. Unsigned, for an
    index that may be negative costs a test.
    """
    found = NONE
    i, end = np.uint64(first), np.uint64(last)
    while i < end:
        step = step_of[code[i]]
        marked[found] = i << STEP_BITS | np.uint64(step)
        found += np.uint64(step != 0)
        i += ONE
    return found


@kernel
def sift(events: Events, sieve: Sieve | None, marked: U64, found: np.uint64) -> np.uint64:
    """Keep the marked events that pass the filters; return how many."""
    if sieve is None:
        return found
    kept = NONE
    for q in range(found):
        marked[kept] = marked[q]
        kept += np.uint64(is_kept(events, sieve, int(marked[q] >> STEP_BITS)))
    return kept


@kernel
def go_on(start: I64, step: np.uint64, time: int, window: int) -> bool:
    """Let the best chain of the step before take this one; return whether it is a later start."""
    entered = start[step - ONE]
    kept = start[step]
    is_better = (entered > kept) & (time - entered <= window)
    start[step] = entered if is_better else kept
    return bool(is_better)


@kernel
def climb(
    time: I64, marked: U64, found: np.uint64, start: I64, limits: Limits
) -> tuple[int, int, int]:
    """Return the furthest step, when the attempt that got there entered, and when it came there.

    Of those as far, the one that got there earliest; of these the one that entered last. Events
    of one time count as if in the order of their steps: one that comes after one of a later step
    lets that one count again.
    """
    top, window, from_us, to_us = limits.top, limits.window, limits.from_us, limits.to_us
    for j in range(top + 1):
        start[j] = NEVER
    best, best_start, best_at = NONE, NEVER, NEVER
    last = np.uint64(top)
    now, seen = NEVER, NONE
    q = NONE
    while q < found:
        t = time[marked[q] >> STEP_BITS]
        step = marked[q] & STEP_MASK
        q += ONE
        if t != now:
            if best == last:
                break
            now = t
            seen = ONE << step
            start[NONE] = t if (t >= from_us) & (t < to_us) else NEVER
            # One branch that is seldom taken: the step itself is nothing one could guess.
            if go_on(start, step, t, window) & (step > best):
                best, best_start, best_at = step, start[step], t
            continue
        seen |= ONE << step
        while seen >> step:
            is_later = bool(seen >> step & ONE) and go_on(start, step, t, window)
            if is_later and (step > best or (step == best and t == best_at)):
                best, best_start, best_at = step, start[step], t
            step += ONE
    return int(best), best_start, best_at


@kernel
def retrace(time: I64, marked: U64, entered: int, length: int, chain: I64) -> None:
    """Fill `chain` with the events of the attempt that entered then: each step's earliest."""
    q = NONE
    while time[marked[q] >> STEP_BITS] < entered:
        q += ONE
    for number in range(length):
        step = np.uint64(number + 1)
        while marked[q] & STEP_MASK != step:
            q += ONE
        i = marked[q] >> STEP_BITS
        chain[number] = np.int64(i)
        while q > NONE and time[marked[q - ONE] >> STEP_BITS] == time[i]:
            q -= ONE


@kernel
def walk(
    events: Events,
    sieve: Sieve | None,
    step_of: U8,
    limits: Limits,
    room: tuple[U64, I64, U32],
    out: Found,
) -> tuple[int, int, int, int]:
    """Fill `out` with everybody who entered; return next person, rows, cells, newest time.

    `room` is for one person's marked events, for a time per step, and the column of ids. Stops early when `out` may
    not hold the next person: call again from there. Events are told only if `out.at` has room.
    """
    marked, start, ids = room
    time, code, first_of = events.time, events.code, events.starts
    skip, skip_mask = events.skip, events.skip_mask
    place, who, lengths, until, times = out.person, out.who, out.length, out.until, out.time
    rows, cells, newest = 0, 0, NEVER
    person = events.lo
    while person < events.hi and rows < len(who) and cells + limits.top <= len(times):
        first, last = first_of[person], first_of[person + 1]
        found = collect(code, step_of, first, last, marked)
        found = sift(events, sieve, marked, found)
        if not limits.is_dated and last > first:
            newest = max(newest, time[last - 1])
        if found and not skip[person & skip_mask]:
            length, entered, came = climb(time, marked, found, start, limits)
            if length:
                place[rows] = person
                who[rows] = ids[first]
                lengths[rows] = length
                until[rows] = NEVER if length == limits.top else start[1] + limits.window
                rows += 1
                times[cells] = entered
                times[cells + length - 1] = came
                if length > 2 or len(out.at):
                    retrace(time, marked, entered, length, start)
                    for j in range(length):
                        times[cells + j] = time[start[j]]
                    for j in range(min(length, len(out.at))):
                        out.at[cells + j] = start[j]
                cells += length
        person += 1
    return person, rows, cells, newest
