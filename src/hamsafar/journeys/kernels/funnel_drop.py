"""Who stays when an exclusion takes out people: whose furthest step some attempt reached unhit.

An attempt that ended at a level is hit too when the exclusion comes while it waits there within
its window. So at each exclusion the attempts whose window is over by then are safe, and the others
begin anew.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import (
    BEST,
    CHAIN,
    CHAINS,
    EARLY,
    EARLY_AT,
    FIRST,
    FREE,
    LAST,
    NEVER,
    START,
    TIME,
    TRACE,
    WHOLE,
    Rules,
    Table,
)
from hamsafar.journeys.kernels.funnel_ordered import entering, moment_at, run_ordered
from hamsafar.journeys.kernels.jit import kernel

Span = tuple[int, int]


@kernel
def covering(lv: Table, rules: Rules, level: int) -> int:
    """Return the bits of the exclusions that hit who waits at a level."""
    bits = 0
    for x in range(rules.bans):
        if lv[FIRST, x] <= level <= lv[LAST, x]:
            bits |= 1 << (rules.top + x)
    return bits


@kernel
def tell_safe(ev: Table, lv: Table, rules: Rules, span: Span, level: int) -> None:
    """Fill the row `CHAIN` with the first attempt that came to a level to stay."""
    began = lv[EARLY, level]
    came = lv[EARLY_AT, level]
    only = entering(rules, began, began + 1)
    run_ordered(ev, lv, only, span, TRACE | WHOLE)
    for j in range(level):
        lv[CHAIN, j] = lv[CHAINS + level, j]
    lv[BEST, 0], lv[BEST, 1], lv[BEST, 2], lv[BEST, 3] = level, began, came, 0


@kernel
def safe_before(ev: Table, lv: Table, rules: Rules, span: Span, level: int) -> bool:
    """Return whether an attempt stays at a level unhit; tells the first such.

    At each exclusion only attempts are tried whose window ended since the exclusion before, and
    only events from their beginnings on are read.
    """
    bits = covering(lv, rules, level)
    at, low = span[0], span[0]
    since = rules.from_us
    while at < span[1]:
        moment = moment_at(ev, at, span[1])
        before = min(rules.to_us, moment[2] - rules.window)
        if moment[3] & bits and before > since:
            while low < at and ev[TIME, low] < since:
                low += 1
            some = entering(rules, since, before)
            run_ordered(ev, lv, some, (low, at), WHOLE)
            if lv[START, level] != NEVER:
                tell_safe(ev, lv, some, (low, at), level)
                return True
            since = before
        at = moment[1]
    run_ordered(ev, lv, rules, span, WHOLE)
    if lv[START, level] != NEVER:
        tell_safe(ev, lv, rules, span, level)
        return True
    return False


@kernel
def settle(ev: Table, lv: Table, rules: Rules, span: Span) -> None:
    """Decide, after a run, whether the person is out (`best[3]`), and trace the attempt if not."""
    level = lv[BEST, 0]
    run_ordered(ev, lv, rules, span, FREE)
    furthest = lv[BEST, 0]
    if furthest > level:
        lv[BEST, 3] = 1
        return
    if level == rules.top or not covering(lv, rules, level):
        run_ordered(ev, lv, rules, span, 0)
        began = lv[BEST, 1]
        only = entering(rules, began, began + 1)
        run_ordered(ev, lv, only, span, TRACE)
        lv[BEST, 3] = 0
    elif not safe_before(ev, lv, rules, span, level):
        lv[BEST, 3] = 1
