"""Strict order: between the steps of an attempt nothing else happens.

Of events of one time a chain that goes on must take all, in whatever order; one that begins there
takes those it can and the others came before.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import (
    BEST,
    CHAINS,
    EPISODE,
    FOLLOWING,
    MATCH,
    NEVER,
    START,
    TRACE,
    Rules,
    Table,
)
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
    ev: Table, lv: Table, rules: Rules, moment: Moment, left: int, mode: int
) -> None:
    """Let the chain at a level take the events of a time; it stays alive if it takes them all."""
    start = lv[START, left]
    if moment[2] - start > rules.window:
        return
    together = moment[1] - moment[0] if rules.ties == MATCH else 1
    if together > 1:
        clear_match(ev, lv, moment[0], moment[1])
    level = left
    while level < rules.top and may_take(ev, lv, rules, moment, left, level):
        level += 1
        if mode & TRACE:
            tell_chain(ev, lv, rules, moment, left, level)
        arrive(lv, start, moment[2], level, mode)
        if (left == 0 or level - left == together) and start > lv[FOLLOWING, level]:
            lv[FOLLOWING, level] = start
            if mode & TRACE:
                copy_chain(lv, CHAINS + level, level)


@kernel
def run_strict(ev: Table, lv: Table, rules: Rules, span: tuple[int, int], mode: int) -> int:
    """Find the best chain among all events of a span; as `run_ordered`."""
    top = rules.top
    reset(lv, top)
    at, hi = span
    while at < hi:
        moment = moment_at(ev, at, hi)
        time = moment[2]
        if lv[BEST, 0] == top:
            break
        if mode & EPISODE and lv[BEST, 0] and time - latest_start(lv, START, top) > rules.window:
            break
        lv[START, 0] = time if rules.from_us <= time < rules.to_us else NEVER
        for level in range(top + 1):
            lv[FOLLOWING, level] = NEVER
        for left in range(top - 1, -1, -1):
            if lv[START, left] != NEVER and moment[3] >> left & 1:
                leave_strictly(ev, lv, rules, moment, left, mode)
        for level in range(top + 1):
            lv[START, level] = lv[FOLLOWING, level]
        at = moment[1]
    return at
