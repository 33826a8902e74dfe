"""PostHog's rules, step by step as its aggregation does it: for comparing, not for our own.

One attempt per level, the latest to begin; an exclusion marks an attempt, and a marked one goes on
as such; if the furthest is marked, the person is out. Events of one time that differ are sorted
by step, and then neither exclusions nor strict order count.

`start[j]` is when the attempt at level j began, `early[j]` 1 if it is marked; `best` is (level,
began, marked).

Source: PostHog, funnel-udf/src/steps.rs and unordered_steps.rs (behaviour, not code).
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import ABSENT, NEVER, Limits, Room, Rules
from hamsafar.journeys.kernels.funnel_any import sort_chain
from hamsafar.journeys.kernels.funnel_ordered import Moment, moment_at
from hamsafar.journeys.kernels.jit import kernel

Taken = tuple[int, int, bool]
"""An event's place, its time, and whether it is one of several that differ at that time."""


@kernel
def is_optional(rules: Rules, level: int) -> bool:
    """Return whether the step that leads to a level may be left out."""
    found = False
    for number in rules.optional:
        found |= number == level - 1
    return found


@kernel
def level_before(room: Room, rules: Rules, limits: Limits, level: int, time: int) -> int:
    """Return the level an attempt comes from: the one below, or below steps left out; -1: none."""
    before = level - 1
    while True:
        began = room.start[before]
        if began != NEVER and time - began <= limits.window:
            return before
        if before == 0 or not is_optional(rules, before):
            return -1
        before -= 1


@kernel
def mark(room: Room, limits: Limits, level: int, time: int) -> None:
    """Mark the attempt at a level, and the best one if that is where it ended."""
    began = room.start[level]
    if began == NEVER or time - began > limits.window or room.early[level] == 1:
        return
    if room.start[level + 1] == began:
        return
    room.early[level] = 1
    if room.best[0] == level and time - room.best[1] <= limits.window:
        room.best[2] = 1


@kernel
def has_used(room: Room, level: int, place: int) -> bool:
    """Return whether the attempt at a level has taken an event."""
    found = False
    for j in range(level):
        found |= room.chains[level, j] == place
    return found


@kernel
def step_on(room: Room, rules: Rules, limits: Limits, level: int, taken: Taken) -> None:
    """Let an event lead an attempt to a level."""
    place, time, is_one_of_several = taken
    before = level_before(room, rules, limits, level, time)
    if before < 0 or room.start[level] == room.start[before]:
        return
    if is_one_of_several and has_used(room, before, place):
        return
    marked = room.early[before]
    chain = room.chains[len(room.chains) - 1]
    for j in range(level - 1):
        chain[j] = room.chains[before, j] if j < before else ABSENT
    chain[level - 1] = place
    if marked == 0:
        room.start[level] = room.start[before]
        room.early[level] = 0
        for j in range(level):
            room.chains[level, j] = chain[j]
    best = room.best
    if level > best[0] or (level == best[0] and best[2] == 1):
        best[0], best[1], best[2] = level, room.start[before], marked
        for j in range(level):
            room.chain[j] = chain[j]


@kernel
def take_event(room: Room, rules: Rules, limits: Limits, taken: Taken) -> None:
    """Let an event do all it may: exclusions, then steps from the last to the first."""
    word = room.word[taken[0]]
    for x in range(len(rules.first)):
        if word >> (limits.top + x) & 1:
            for level in range(rules.last[x], rules.first[x] - 1, -1):
                mark(room, limits, level, taken[1])
    for level in range(limits.top, 0, -1):
        if word >> (level - 1) & 1:
            step_on(room, rules, limits, level, taken)


@kernel
def take_sorted(room: Room, rules: Rules, limits: Limits, moment: Moment) -> None:
    """Let differing events of one time do their steps, from the first step to the last."""
    for level in range(1, limits.top + 1):
        for e in range(moment[0], moment[1]):
            if room.word[e] >> (level - 1) & 1:
                step_on(room, rules, limits, level, (e, moment[2], True))


@kernel
def clear_unmet(room: Room, top: int, word: int) -> None:
    """Forget the attempts at levels whose step an event does not meet: strict order."""
    for level in range(1, top + 1):
        if not word >> (level - 1) & 1:
            room.start[level] = NEVER
            room.early[level] = 0


@kernel
def run_posthog(room: Room, rules: Rules, limits: Limits, span: tuple[int, int]) -> None:
    """Find the attempt PostHog would tell, into `room.best` and `room.chain`."""
    top = limits.top
    room.start[:] = NEVER
    room.early[:] = 0
    room.best[0], room.best[1], room.best[2] = 0, NEVER, 0
    at, hi = span
    while at < hi and room.start[top] == NEVER:
        moment = moment_at(room, at, hi)
        room.start[0] = moment[2]
        is_alike = True
        for e in range(moment[0] + 1, moment[1]):
            is_alike &= room.word[e] == room.word[moment[0]]
        if not is_alike:
            take_sorted(room, rules, limits, moment)
        else:
            for e in range(moment[0], moment[1]):
                take_event(room, rules, limits, (e, moment[2], False))
                if rules.strict == 1:
                    clear_unmet(room, top, room.word[e])
        at = moment[1]


@kernel
def drop_old(room: Room, limits: Limits, place: int) -> None:
    """Let each step's queue begin within the window that ends at an event."""
    for j in range(limits.top):
        front = room.spot[j]
        while front != ABSENT and room.time[place] - room.time[front] > limits.window:
            front += 1
            while front <= place and room.owner[front] != j:
                front += 1
            if front > place:
                front = ABSENT
        room.spot[j] = front


@kernel
def run_posthog_any(room: Room, rules: Rules, limits: Limits, span: tuple[int, int]) -> None:
    """Find the most steps within a window as PostHog does: by the first event of each in it.

    An event that meets several steps takes the first; an exclusion forgets all that was gathered.
    """
    room.start[:] = NEVER
    room.spot[:] = ABSENT
    room.best[0], room.best[1], room.best[2] = 0, NEVER, 0
    bans = ((1 << len(rules.first)) - 1) << limits.top
    for q in range(span[0], span[1]):
        room.owner[q] = ABSENT
        if room.word[q] & bans:
            room.spot[:] = ABSENT
        for j in range(limits.top):
            if room.word[q] >> j & 1:
                room.owner[q] = j
                room.start[1] = room.time[q]
                if room.spot[j] == ABSENT:
                    room.spot[j] = q
                break
        drop_old(room, limits, q)
        count = 0
        for j in range(limits.top):
            count += room.spot[j] != ABSENT
        if count > room.best[0]:
            length = 0
            for j in range(limits.top):
                if room.spot[j] != ABSENT:
                    room.chain[length] = room.spot[j]
                    length += 1
            sort_chain(room, length)
            room.best[0], room.best[1] = count, room.time[room.chain[0]]
