"""PostHog's rules, step by step as its aggregation does it: for comparing, not for our own.

One attempt per level, the latest to begin; an exclusion marks an attempt, and a marked one goes on
as such; if the furthest is marked, the person is out. Events of one time that differ are sorted
by step, and then neither exclusions nor strict order count.

`start[j]` is when the attempt at level j began, `early[j]` 1 if it is marked; `best` is (level,
began, marked).

Source: PostHog, funnel-udf/src/steps.rs and unordered_steps.rs (behaviour, not code).
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import (
    ABSENT,
    BEST,
    CHAIN,
    CHAINS,
    EARLY,
    FIRST,
    LAST,
    NEVER,
    OPTIONAL,
    OWNER,
    SCRATCH,
    SPOT,
    START,
    TIME,
    WORD,
    Rules,
    Table,
)
from hamsafar.journeys.kernels.funnel_any import sort_chain
from hamsafar.journeys.kernels.funnel_ordered import Moment, moment_at, reset
from hamsafar.journeys.kernels.jit import kernel

Taken = tuple[int, int, bool]
"""An event's place, its time, and whether it is one of several that differ at that time."""


@kernel
def is_optional(lv: Table, rules: Rules, level: int) -> bool:
    """Return whether the step that leads to a level may be left out."""
    found = False
    for o in range(rules.options):
        found |= lv[OPTIONAL, o] == level - 1
    return found


@kernel
def level_before(lv: Table, rules: Rules, level: int, time: int) -> int:
    """Return the level an attempt comes from: the one below, or below steps left out; -1: none."""
    before = level - 1
    while True:
        began = lv[START, before]
        if began != NEVER and time - began <= rules.window:
            return before
        if before == 0 or not is_optional(lv, rules, before):
            return -1
        before -= 1


@kernel
def mark(lv: Table, rules: Rules, level: int, time: int) -> None:
    """Mark the attempt at a level, and the best one if that is where it ended."""
    began = lv[START, level]
    if began == NEVER or time - began > rules.window or lv[EARLY, level] == 1:
        return
    if lv[START, level + 1] == began:
        return
    lv[EARLY, level] = 1
    if lv[BEST, 0] == level and time - lv[BEST, 1] <= rules.window:
        lv[BEST, 2] = 1


@kernel
def has_used(lv: Table, level: int, place: int) -> bool:
    """Return whether the attempt at a level has taken an event."""
    found = False
    for j in range(level):
        found |= lv[CHAINS + level, j] == place
    return found


@kernel
def step_on(lv: Table, rules: Rules, level: int, taken: Taken) -> None:
    """Let an event lead an attempt to a level."""
    place, time, is_one_of_several = taken
    before = level_before(lv, rules, level, time)
    if before < 0 or lv[START, level] == lv[START, before]:
        return
    if is_one_of_several and has_used(lv, before, place):
        return
    marked = lv[EARLY, before]
    for j in range(level - 1):
        lv[SCRATCH, j] = lv[CHAINS + before, j] if j < before else ABSENT
    lv[SCRATCH, level - 1] = place
    if marked == 0:
        lv[START, level] = lv[START, before]
        lv[EARLY, level] = 0
        for j in range(level):
            lv[CHAINS + level, j] = lv[SCRATCH, j]
    if level > lv[BEST, 0] or (level == lv[BEST, 0] and lv[BEST, 2] == 1):
        lv[BEST, 0], lv[BEST, 1], lv[BEST, 2] = level, lv[START, before], marked
        for j in range(level):
            lv[CHAIN, j] = lv[SCRATCH, j]


@kernel
def take_event(ev: Table, lv: Table, rules: Rules, taken: Taken) -> None:
    """Let an event do all it may: exclusions, then steps from the last to the first."""
    word = ev[WORD, taken[0]]
    for x in range(rules.bans):
        if word >> (rules.top + x) & 1:
            for level in range(lv[LAST, x], lv[FIRST, x] - 1, -1):
                mark(lv, rules, level, taken[1])
    for level in range(rules.top, 0, -1):
        if word >> (level - 1) & 1:
            step_on(lv, rules, level, taken)


@kernel
def take_sorted(ev: Table, lv: Table, rules: Rules, moment: Moment) -> None:
    """Let differing events of one time do their steps, from the first step to the last."""
    for level in range(1, rules.top + 1):
        for e in range(moment[0], moment[1]):
            if ev[WORD, e] >> (level - 1) & 1:
                step_on(lv, rules, level, (e, moment[2], True))


@kernel
def clear_unmet(lv: Table, top: int, word: int) -> None:
    """Forget the attempts at levels whose step an event does not meet: strict order."""
    for level in range(1, top + 1):
        if not word >> (level - 1) & 1:
            lv[START, level] = NEVER
            lv[EARLY, level] = 0


@kernel
def run_posthog(ev: Table, lv: Table, rules: Rules, span: tuple[int, int]) -> None:
    """Find the attempt PostHog would tell, into the rows `BEST` and `CHAIN`."""
    top = rules.top
    reset(lv, top)
    for j in range(top + 1):
        lv[EARLY, j] = 0
    lv[BEST, 2] = 0
    at, hi = span
    while at < hi and lv[START, top] == NEVER:
        moment = moment_at(ev, at, hi)
        lv[START, 0] = moment[2]
        is_alike = True
        for e in range(moment[0] + 1, moment[1]):
            is_alike &= ev[WORD, e] == ev[WORD, moment[0]]
        if not is_alike:
            take_sorted(ev, lv, rules, moment)
        else:
            for e in range(moment[0], moment[1]):
                take_event(ev, lv, rules, (e, moment[2], False))
                if rules.strict == 1:
                    clear_unmet(lv, top, ev[WORD, e])
        at = moment[1]


@kernel
def drop_old(ev: Table, lv: Table, rules: Rules, place: int) -> None:
    """Let each step's queue begin within the window that ends at an event."""
    for j in range(rules.top):
        front = lv[SPOT, j]
        while front != ABSENT and ev[TIME, place] - ev[TIME, front] > rules.window:
            front += 1
            while front <= place and ev[OWNER, front] != j:
                front += 1
            if front > place:
                front = ABSENT
        lv[SPOT, j] = front


@kernel
def tell_most(ev: Table, lv: Table, top: int) -> None:
    """Tell the steps gathered now if they are the most so far."""
    count = 0
    for j in range(top):
        count += lv[SPOT, j] != ABSENT
    if count <= lv[BEST, 0]:
        return
    length = 0
    for j in range(top):
        if lv[SPOT, j] != ABSENT:
            lv[CHAIN, length] = lv[SPOT, j]
            length += 1
    sort_chain(lv, length)
    lv[BEST, 0], lv[BEST, 1] = count, ev[TIME, lv[CHAIN, 0]]


@kernel
def run_posthog_any(ev: Table, lv: Table, rules: Rules, span: tuple[int, int]) -> None:
    """Find the most steps within a window as PostHog does: by the first event of each in it.

    An event that meets several steps takes the first; an exclusion forgets all that was gathered.
    """
    reset(lv, rules.top)
    lv[BEST, 2] = 0
    for j in range(rules.top):
        lv[SPOT, j] = ABSENT
    bans = ((1 << rules.bans) - 1) << rules.top
    for q in range(span[0], span[1]):
        ev[OWNER, q] = ABSENT
        if ev[WORD, q] & bans:
            for j in range(rules.top):
                lv[SPOT, j] = ABSENT
        for j in range(rules.top):
            if ev[WORD, q] >> j & 1:
                ev[OWNER, q] = j
                lv[START, 1] = ev[TIME, q]
                if lv[SPOT, j] == ABSENT:
                    lv[SPOT, j] = q
                break
        drop_old(ev, lv, rules, q)
        tell_most(ev, lv, rules.top)
