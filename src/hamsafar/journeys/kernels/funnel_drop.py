"""Who stays when an exclusion takes out people: whose furthest step some attempt reached unhit.

An attempt that ended at a level is hit too when the exclusion comes while it waits there within
its window. So at each exclusion the attempts whose window is over by then are safe, and the others
begin anew.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import FREE, NEVER, TRACE, WHOLE, Limits, Room, Rules
from hamsafar.journeys.kernels.funnel_ordered import moment_at, run_ordered
from hamsafar.journeys.kernels.jit import kernel

Span = tuple[int, int]


@kernel
def covering(rules: Rules, top: int, level: int) -> int:
    """Return the bits of the exclusions that hit who waits at a level."""
    bits = 0
    for x in range(len(rules.first)):
        if rules.first[x] <= level <= rules.last[x]:
            bits |= 1 << (top + x)
    return bits


@kernel
def tell_safe(room: Room, rules: Rules, limits: Limits, span: Span, level: int) -> None:
    """Fill `room.chain` with the first attempt that came to a level to stay."""
    began = room.early[level]
    came = room.early_at[level]
    only = Limits(limits.top, limits.window, began, began + 1, limits.as_of)
    run_ordered(room, rules, only, span, TRACE | WHOLE)
    for j in range(level):
        room.chain[j] = room.chains[level, j]
    room.best[0], room.best[1], room.best[2], room.best[3] = level, began, came, 0


@kernel
def safe_before(room: Room, rules: Rules, limits: Limits, span: Span, level: int) -> bool:
    """Return whether an attempt stays at a level unhit; tells the first such."""
    bits = covering(rules, limits.top, level)
    at = span[0]
    while at < span[1]:
        moment = moment_at(room, at, span[1])
        if moment[3] & bits:
            before = min(limits.to_us, moment[2] - limits.window)
            some = Limits(limits.top, limits.window, limits.from_us, before, limits.as_of)
            run_ordered(room, rules, some, (span[0], at), WHOLE)
            if room.start[level] != NEVER:
                tell_safe(room, rules, some, (span[0], at), level)
                return True
        at = moment[1]
    run_ordered(room, rules, limits, span, WHOLE)
    if room.start[level] != NEVER:
        tell_safe(room, rules, limits, span, level)
        return True
    return False


@kernel
def settle(room: Room, rules: Rules, limits: Limits, span: Span) -> None:
    """Decide, after a run, whether the person is out (`best[3]`), and trace the attempt if not."""
    level = room.best[0]
    run_ordered(room, rules, limits, span, FREE)
    furthest = room.best[0]
    if furthest > level:
        room.best[3] = 1
        return
    if level == limits.top or not covering(rules, limits.top, level):
        run_ordered(room, rules, limits, span, 0)
        began = room.best[1]
        only = Limits(limits.top, limits.window, began, began + 1, limits.as_of)
        run_ordered(room, rules, only, span, TRACE)
        room.best[3] = 0
    elif not safe_before(room, rules, limits, span, level):
        room.best[3] = 1
