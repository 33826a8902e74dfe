"""Ordered steps under any rules: the best start at each level, time by time.

`start[j]` is the latest time of entering among the chains that have taken step j, hit by no
exclusion. Events of one time are weighed together: levels are left from the last to the first, so
a chain takes with them what they allow it and no more.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import (
    EPISODE,
    FLOW,
    FREE,
    MATCH,
    NEVER,
    TRACE,
    WHOLE,
    Limits,
    Room,
    Rules,
)
from hamsafar.journeys.kernels.funnel_match import augment, clear_match
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.storage.types import I64

Moment = tuple[int, int, int, int]
"""Places of the first event of a time and of the next time, the time, and all its bits."""


@kernel
def reset(room: Room, top: int) -> None:
    """Forget every chain."""
    for j in range(top + 1):
        room.start[j] = NEVER
        room.early[j] = NEVER
        room.early_at[j] = NEVER
    room.best[0] = 0
    room.best[1] = NEVER
    room.best[2] = NEVER


@kernel
def moment_at(room: Room, first: int, hi: int) -> Moment:
    """Return the events of one time."""
    time = room.time[first]
    word = room.word[first]
    last = first + 1
    while last < hi and room.time[last] == time:
        word |= room.word[last]
        last += 1
    return first, last, time, word


@kernel
def latest_start(start: I64, top: int) -> int:
    """Return the latest time of entering of any chain."""
    latest = NEVER
    for j in range(1, top + 1):
        latest = max(latest, start[j])
    return latest


@kernel
def blocked(rules: Rules, top: int, word: int, level: int) -> int:
    """Return up to which level an exclusion among the bits hits a chain that was at `level`."""
    block = -1
    for x in range(len(rules.first)):
        if word >> (top + x) & 1 and rules.first[x] <= level:
            block = max(block, rules.last[x])
    return block if block >= level else -1


@kernel
def first_with(room: Room, moment: Moment, bit: int) -> int:
    """Return the place of the first event of a time with a bit."""
    e = moment[0]
    while not room.word[e] >> bit & 1:
        e += 1
    return e


@kernel
def may_take(room: Room, rules: Rules, moment: Moment, left: int, level: int) -> bool:
    """Return whether a chain that left `left` at this time may take the step after `level`."""
    if not moment[3] >> level & 1:
        return False
    if rules.ties == FLOW:
        return True
    if rules.ties == MATCH and moment[1] - moment[0] > 1:
        return augment(room, level, moment[0], moment[1])
    return level == left


@kernel
def tell_chain(room: Room, rules: Rules, moment: Moment, left: int, level: int) -> None:
    """Note in the last of `room.chains` the events of the chain that comes from `left` to `level`."""
    chain = room.chains[len(room.chains) - 1]
    for j in range(left):
        chain[j] = room.chains[left, j]
    is_matched = rules.ties == MATCH and moment[1] - moment[0] > 1
    for j in range(left, level):
        chain[j] = room.spot[j] if is_matched else first_with(room, moment, j)


@kernel
def copy_chain(room: Room, to: I64, level: int) -> None:
    """Copy the events that `tell_chain` noted."""
    for j in range(level):
        to[j] = room.chains[len(room.chains) - 1, j]


@kernel
def arrive(room: Room, start: int, time: int, level: int, mode: int) -> None:
    """Note that a chain came to a level, if it is the best so far."""
    best = room.best
    if level > best[0] or (level == best[0] and time == best[2] and start > best[1]):
        best[0] = level
        best[1] = start
        best[2] = time
        if mode & TRACE:
            copy_chain(room, room.chain, level)


@kernel
def stay(room: Room, start: int, time: int, level: int, mode: int) -> None:
    """Let the chain that came to a level be the one that waits there."""
    room.start[level] = start
    if room.early[level] == NEVER or room.early_at[level] == time:
        room.early[level] = start
        room.early_at[level] = time
    if mode & TRACE:
        copy_chain(room, room.chains[level], level)


@kernel
def leave(room: Room, rules: Rules, limits: Limits, moment: Moment, left: int, mode: int) -> None:
    """Let the chain at a level take what the events of a time allow.

    An exclusion among them may come after them, so what they allow is reached; but a chain that
    was where the exclusion hits, and still is, goes no further.
    """
    start = room.start[left]
    block = -1 if mode & FREE else blocked(rules, limits.top, moment[3], left)
    if block >= left:
        room.start[left] = NEVER
        room.early[left] = NEVER
    if moment[2] - start > limits.window:
        return
    if rules.ties == MATCH and moment[1] - moment[0] > 1:
        clear_match(room, moment[0], moment[1])
    level = left
    while level < limits.top and may_take(room, rules, moment, left, level):
        level += 1
        if level > block and start <= room.start[level]:
            continue
        if mode & TRACE:
            tell_chain(room, rules, moment, left, level)
        arrive(room, start, moment[2], level, mode)
        if level > block:
            stay(room, start, moment[2], level, mode)


@kernel
def run_ordered(room: Room, rules: Rules, limits: Limits, span: tuple[int, int], mode: int) -> int:
    """Find the best chain among the events of a span, into `room.best`; return where it ended.

    Of the furthest chains the one that got there earliest, of these the one that entered last.
    """
    top = limits.top
    reset(room, top)
    at, hi = span
    while at < hi:
        moment = moment_at(room, at, hi)
        time = moment[2]
        if room.best[0] == top and not mode & WHOLE:
            break
        if mode & EPISODE and room.best[0] and time - latest_start(room.start, top) > limits.window:
            break
        room.start[0] = time if limits.from_us <= time < limits.to_us else NEVER
        for left in range(top, -1, -1):
            if room.start[left] != NEVER:
                leave(room, rules, limits, moment, left, mode)
        at = moment[1]
    return at
