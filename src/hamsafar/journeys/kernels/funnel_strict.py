"""Strict order: between the steps of an attempt nothing else happens.

Of events of one time a chain that goes on must take all, in whatever order; one that begins there
takes those it can and the others came before.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import EPISODE, MATCH, NEVER, TRACE, Limits, Room, Rules
from hamsafar.journeys.kernels.funnel_match import clear_match
from hamsafar.journeys.kernels.funnel_ordered import (
    Moment,
    arrive,
    copy_chain,
    latest_start,
    may_take,
    moment_at,
    reset,
    tell_chain,
)
from hamsafar.journeys.kernels.jit import kernel


@kernel
def leave_strictly(
    room: Room, rules: Rules, limits: Limits, moment: Moment, left: int, mode: int
) -> None:
    """Let the chain at a level take the events of a time; it stays alive if it takes them all."""
    start = room.start[left]
    if moment[2] - start > limits.window:
        return
    together = moment[1] - moment[0] if rules.ties == MATCH else 1
    if together > 1:
        clear_match(room, moment[0], moment[1])
    level = left
    while level < limits.top and may_take(room, rules, moment, left, level):
        level += 1
        if mode & TRACE:
            tell_chain(room, rules, moment, left, level)
        arrive(room, start, moment[2], level, mode)
        if (left == 0 or level - left == together) and start > room.following[level]:
            room.following[level] = start
            if mode & TRACE:
                copy_chain(room, room.chains[level], level)


@kernel
def run_strict(room: Room, rules: Rules, limits: Limits, span: tuple[int, int], mode: int) -> int:
    """Find the best chain among all events of a span; as `run_ordered`."""
    top = limits.top
    reset(room, top)
    at, hi = span
    while at < hi:
        moment = moment_at(room, at, hi)
        time = moment[2]
        if room.best[0] == top:
            break
        if mode & EPISODE and room.best[0] and time - latest_start(room.start, top) > limits.window:
            break
        room.start[0] = time if limits.from_us <= time < limits.to_us else NEVER
        for level in range(top + 1):
            room.following[level] = NEVER
        for left in range(top - 1, -1, -1):
            if room.start[left] != NEVER:
                leave_strictly(room, rules, limits, moment, left, mode)
        for level in range(top + 1):
            room.start[level] = room.following[level]
        at = moment[1]
    return at
