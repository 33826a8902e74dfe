"""Ordered steps under any rules: the best start at each level, time by time.

`start[j]` is the latest time of entering among the chains that have taken step j, hit by no
exclusion. Events of one time are weighed together: levels are left from the last to the first, so
a chain takes with them what they allow it and no more.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import (
    BEST,
    CHAIN,
    CHAINS,
    EARLY,
    EARLY_AT,
    EPISODE,
    FIRST,
    FLOW,
    FREE,
    LAST,
    MATCH,
    NEVER,
    SCRATCH,
    SPOT,
    START,
    TIME,
    TRACE,
    WHOLE,
    WORD,
    Rules,
    Table,
)
from hamsafar.journeys.kernels.funnel_match import augment, clear_match
from hamsafar.journeys.kernels.jit import kernel

Moment = tuple[int, int, int, int]
"""Places of the first event of a time and of the next time, the time, and all its bits."""


@kernel
def entering(rules: Rules, from_us: int, to_us: int) -> Rules:
    """Return the same rules for another range of entering."""
    return Rules(
        rules.engine,
        rules.unit,
        rules.ties,
        rules.gap,
        rules.grain,
        rules.drops,
        rules.strict,
        rules.top,
        rules.window,
        from_us,
        to_us,
        rules.is_dated,
        rules.bans,
        rules.options,
        rules.size,
    )


@kernel
def reset(lv: Table, top: int) -> None:
    """Forget every chain."""
    for j in range(top + 1):
        lv[START, j] = NEVER
        lv[EARLY, j] = NEVER
        lv[EARLY_AT, j] = NEVER
    lv[BEST, 0] = 0
    lv[BEST, 1] = NEVER
    lv[BEST, 2] = NEVER


@kernel
def moment_at(ev: Table, first: int, hi: int) -> Moment:
    """Return the events of one time."""
    time = ev[TIME, first]
    word = ev[WORD, first]
    last = first + 1
    while last < hi and ev[TIME, last] == time:
        word |= ev[WORD, last]
        last += 1
    return first, last, time, word


@kernel
def latest_start(lv: Table, row: int, top: int) -> int:
    """Return the latest time of a row of the levels from 1 on."""
    latest = NEVER
    for j in range(1, top + 1):
        latest = max(latest, lv[row, j])
    return latest


@kernel
def blocked(lv: Table, rules: Rules, word: int, level: int) -> int:
    """Return up to which level an exclusion among the bits hits a chain that was at `level`."""
    block = -1
    for x in range(rules.bans):
        if word >> (rules.top + x) & 1 and lv[FIRST, x] <= level:
            block = max(block, lv[LAST, x])
    return block if block >= level else -1


@kernel
def first_with(ev: Table, moment: Moment, bit: int) -> int:
    """Return the place of the first event of a time with a bit."""
    e = moment[0]
    while not ev[WORD, e] >> bit & 1:
        e += 1
    return e


@kernel
def may_take(ev: Table, lv: Table, rules: Rules, moment: Moment, left: int, level: int) -> bool:
    """Return whether a chain that left `left` at this time may take the step after `level`."""
    if not moment[3] >> level & 1:
        return False
    if rules.ties == FLOW:
        return True
    if rules.ties == MATCH and moment[1] - moment[0] > 1:
        return augment(ev, lv, level, moment[0], moment[1])
    return level == left


@kernel
def tell_chain(ev: Table, lv: Table, rules: Rules, moment: Moment, left: int, level: int) -> None:
    """Note in the row `SCRATCH` the events of the chain that comes from `left` to `level`."""
    for j in range(left):
        lv[SCRATCH, j] = lv[CHAINS + left, j]
    is_matched = rules.ties == MATCH and moment[1] - moment[0] > 1
    for j in range(left, level):
        lv[SCRATCH, j] = lv[SPOT, j] if is_matched else first_with(ev, moment, j)


@kernel
def copy_chain(lv: Table, row: int, level: int) -> None:
    """Copy the events that `tell_chain` noted to a row."""
    for j in range(level):
        lv[row, j] = lv[SCRATCH, j]


@kernel
def arrive(lv: Table, start: int, time: int, level: int, mode: int) -> None:
    """Note that a chain came to a level, if it is the best so far."""
    if level > lv[BEST, 0] or (
        level == lv[BEST, 0] and time == lv[BEST, 2] and start > lv[BEST, 1]
    ):
        lv[BEST, 0] = level
        lv[BEST, 1] = start
        lv[BEST, 2] = time
        if mode & TRACE:
            copy_chain(lv, CHAIN, level)


@kernel
def stay(lv: Table, start: int, time: int, level: int, mode: int) -> None:
    """Let the chain that came to a level be the one that waits there."""
    lv[START, level] = start
    if lv[EARLY, level] == NEVER or lv[EARLY_AT, level] == time:
        lv[EARLY, level] = start
        lv[EARLY_AT, level] = time
    if mode & TRACE:
        copy_chain(lv, CHAINS + level, level)


@kernel
def leave(ev: Table, lv: Table, rules: Rules, moment: Moment, left: int, mode: int) -> None:
    """Let the chain at a level take what the events of a time allow.

    An exclusion among them may come after them, so what they allow is reached; but a chain that
    was where the exclusion hits, and still is, goes no further.
    """
    start = lv[START, left]
    block = -1 if mode & FREE else blocked(lv, rules, moment[3], left)
    if block >= left:
        lv[START, left] = NEVER
        lv[EARLY, left] = NEVER
    if moment[2] - start > rules.window:
        return
    if rules.ties == MATCH and moment[1] - moment[0] > 1:
        clear_match(ev, lv, moment[0], moment[1])
    level = left
    while level < rules.top and may_take(ev, lv, rules, moment, left, level):
        level += 1
        if level > block and start <= lv[START, level]:
            continue
        if mode & TRACE:
            tell_chain(ev, lv, rules, moment, left, level)
        arrive(lv, start, moment[2], level, mode)
        if level > block:
            stay(lv, start, moment[2], level, mode)


@kernel
def run_ordered(ev: Table, lv: Table, rules: Rules, span: tuple[int, int], mode: int) -> int:
    """Find the best chain among the events of a span, into the row `BEST`; return where it ended.

    Of the furthest chains the one that got there earliest, of these the one that entered last.
    """
    top = rules.top
    reset(lv, top)
    at, hi = span
    while at < hi:
        moment = moment_at(ev, at, hi)
        time = moment[2]
        if lv[BEST, 0] == top and not mode & WHOLE:
            break
        if mode & EPISODE and lv[BEST, 0] and time - latest_start(lv, START, top) > rules.window:
            break
        lv[START, 0] = time if rules.from_us <= time < rules.to_us else NEVER
        may_hit = moment[3] >> top & ((1 << rules.bans) - 1)
        for left in range(top, -1, -1):
            if lv[START, left] != NEVER and (may_hit or moment[3] >> left & 1):
                leave(ev, lv, rules, moment, left, mode)
        at = moment[1]
    return at
