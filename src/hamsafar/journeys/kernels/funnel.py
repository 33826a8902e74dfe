"""Kernel of the usual funnel: ordered steps on disjoint events, ties in favour, nothing excluded.

`start[j]` is the latest time of entering among the chains that have reached step j and whose
window is open: a later start never does worse. An event of step j lets the best chain of step
j - 1 go on. Which events the told attempt consists of is found by a second, short walk.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import NEVER, OPEN, Found, Limits, Quick
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import U8, Events, Sieve
from hamsafar.storage.types import I64


@kernel
def collect_steps(
    events: Events, sieve: Sieve | None, step_of: U8, person: int, room: Quick
) -> int:
    """Fill `room` with a person's events that are steps and their numbers; return how many.

    No branch on whether an event is a step: it would be guessed wrong too often.
    """
    at, word = room.at, room.word
    code = events.code
    found = 0
    for i in range(events.starts[person], events.starts[person + 1]):
        step = step_of[code[i]]
        at[found] = i
        word[found] = step
        found += step != 0
    if sieve is None:
        return found
    kept = 0
    for q in range(found):
        at[kept] = at[q]
        word[kept] = word[q]
        kept += is_kept(events, sieve, at[q])
    return kept


@kernel
def climb(time: I64, limits: Limits, found: int, room: Quick) -> tuple[int, int]:
    """Return the furthest step and when the attempt that got there entered; 0 if none entered.

    Of those as far, the one that got there earliest; of these the one that entered last. Events
    of one time count as if in the order of their steps: an event that comes after one of a later
    step lets that one count again.
    """
    at, word, start = room.at, room.word, room.start
    for j in range(limits.top + 1):
        start[j] = NEVER
    best, best_start, best_at = 0, NEVER, NEVER
    now, seen = NEVER, 0
    for q in range(found):
        t = time[at[q]]
        step = word[q]
        if t != now:
            if best == limits.top:
                break
            now = t
            seen = 0
            start[0] = t if limits.from_us <= t < limits.to_us else NEVER
        seen |= 1 << step
        while True:
            entered = start[step - 1]
            if entered > start[step] and t - entered <= limits.window:
                start[step] = entered
                if step > best or (step == best and t == best_at):
                    best, best_start, best_at = step, entered, t
            step += 1
            if seen >> step == 0:
                break
            while not seen >> step & 1:
                step += 1
    return best, best_start


@kernel
def retrace(time: I64, entered: int, length: int, room: Quick) -> None:
    """Fill `room.chain` with the events of the attempt that entered then: each step's earliest."""
    at, word, chain = room.at, room.word, room.chain
    q = 0
    while time[at[q]] < entered:
        q += 1
    for step in range(1, length + 1):
        p = q
        while word[p] != step:
            p += 1
        chain[step - 1] = at[p]
        t = time[at[p]]
        q = p
        while q > 0 and time[at[q - 1]] == t:
            q -= 1


@kernel
def walk(
    events: Events,
    sieve: Sieve | None,
    step_of: U8,
    limits: Limits,
    room: Quick,
    out: Found,
) -> tuple[int, int, int]:
    """Fill `out` with everybody who entered; return the next person, rows, and cells.

    Stops early when `out` may not hold the next person: call again from there.
    """
    rows, cells = 0, 0
    time = events.time
    person = events.lo
    while person < events.hi:
        if rows == len(out.person) or cells + limits.top > len(out.at):
            break
        if not is_skipped(events, person):
            found = collect_steps(events, sieve, step_of, person, room)
            length, entered = climb(time, limits, found, room)
            if length:
                retrace(time, entered, length, room)
                for j in range(length):
                    out.at[cells + j] = room.chain[j]
                is_open = length < limits.top and room.start[1] + limits.window > limits.as_of
                out.person[rows] = person
                out.length[rows] = length
                out.state[rows] = OPEN if is_open else 0
                rows += 1
                cells += length
        person += 1
    return person, rows, cells
