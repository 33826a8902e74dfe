"""Everybody's attempts under any rules: gather a person's events, cut units, run an engine, tell."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.funnel_work import (
    ABSENT,
    ANCHORED,
    ANY,
    ATTEMPTS,
    DROPPED,
    EPISODE,
    MATCH,
    NEVER,
    ONE_EACH,
    OPEN,
    ORDERED,
    PEOPLE,
    POSTHOG,
    POSTHOG_ANY,
    SESSIONS,
    STRICT,
    TRACE,
    Found,
    Keep,
    Limits,
    Room,
    Rules,
)
from hamsafar.journeys.kernels.funnel_any import run_any
from hamsafar.journeys.kernels.funnel_drop import settle
from hamsafar.journeys.kernels.funnel_ordered import latest_start, run_ordered
from hamsafar.journeys.kernels.funnel_posthog import run_posthog, run_posthog_any
from hamsafar.journeys.kernels.funnel_strict import run_strict
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.marking import word_of
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import Events, Marks, Sieve

Span = tuple[int, int]
Work = tuple[Room, Rules, Limits]
Look = tuple[Sieve | None, Marks, Keep]
"""Which events count, and what they are."""


@kernel
def gather(events: Events, look: Look, person: int, room: Room, rules: Rules) -> int:
    """Fill `room` with a person's events that play a part; return how many."""
    sieve, marks, keep = look
    is_all = rules.unit == SESSIONS or rules.strict == 1
    found = 0
    for i in range(events.starts[person], events.starts[person + 1]):
        word = np.int64(word_of(events, marks, i))
        if (word or is_all) and is_kept(events, sieve, i) and keep.ok[keep.code[i & keep.mask]]:
            at = events.time[i]
            room.at[found] = i
            room.word[found] = word
            room.time[found] = at - at % rules.grain
            found += 1
    return found


@kernel
def next_entry(room: Room, limits: Limits, span: Span) -> int:
    """Return the place of the first event that may begin an attempt; the end when none does."""
    for q in range(span[0], span[1]):
        if room.word[q] & 1 and limits.from_us <= room.time[q] < limits.to_us:
            return q
    return span[1]


@kernel
def run_anchored(work: Work, span: Span) -> int:
    """Run the attempt that begins with the first step 1 of a span; return where it ended.

    `best[3]` tells whether an exclusion ended it.
    """
    room, rules, limits = work
    first = next_entry(room, limits, span)
    room.best[0] = 0
    if first == span[1]:
        return first
    began = room.time[first]
    while first > span[0] and room.time[first - 1] == began:
        first -= 1
    only = Limits(limits.top, limits.window, began, began + 1, limits.as_of)
    ended = run_ordered(room, rules, only, (first, span[1]), EPISODE)
    level = room.best[0]
    room.best[3] = level < limits.top and room.start[level] == NEVER
    return ended


@kernel
def best_anchored(work: Work, span: Span) -> Span:
    """Leave the furthest of all such attempts of a span in `best`; return its span."""
    room = work[0]
    level, began, came, hit = 0, NEVER, NEVER, 0
    at = span[0]
    chosen = span
    while at < span[1]:
        ended = run_anchored(work, (at, span[1]))
        best = room.best
        if best[0] > level or (best[0] and best[0] == level and hit and not best[3]):
            level, began, came, hit = best[0], best[1], best[2], best[3]
            chosen = (at, ended)
        at = ended
    room.best[0], room.best[1], room.best[2], room.best[3] = level, began, came, hit
    return chosen


@kernel
def run_one(work: Work, span: Span, mode: int) -> int:
    """Run the engine over a span; return where it ended. `best[3]` is 1 if the person is out."""
    room, rules, limits = work
    room.best[3] = 0
    if rules.engine == ORDERED:
        return run_ordered(room, rules, limits, span, mode)
    if rules.engine == STRICT:
        return run_strict(room, rules, limits, span, mode)
    if rules.engine == ANY:
        return run_any(room, rules, limits, span, mode)
    if rules.engine == ANCHORED:
        return run_anchored(work, span)
    if rules.engine == POSTHOG:
        run_posthog(room, rules, limits, span)
        room.best[3] = room.best[2]
    if rules.engine == POSTHOG_ANY:
        run_posthog_any(room, rules, limits, span)
    return span[1]


@kernel
def can_go_on(work: Work) -> bool:
    """Return whether, after a run, an attempt might get further than the best did."""
    room, rules, limits = work
    if room.best[0] == limits.top:
        return False
    column = room.early if rules.engine == ANY else room.start
    return bool(latest_start(column, limits.top) + limits.window > limits.as_of)


@kernel
def trace(work: Work, span: Span) -> None:
    """Fill `room.chain` with the events of the best attempt of a span, where that is not done."""
    room, rules, limits = work
    if rules.engine not in (ORDERED, STRICT, ANCHORED):
        return
    level, began = room.best[0], room.best[1]
    only = Limits(limits.top, limits.window, began, began + 1, limits.as_of)
    if rules.engine == STRICT:
        run_strict(room, rules, only, span, TRACE)
    else:
        run_ordered(room, rules, only, span, TRACE)
    room.best[0] = level


@kernel
def is_out(work: Work, span: Span) -> bool:
    """Return whether an exclusion takes the person out; else the told attempt is traced."""
    room, rules, limits = work
    if rules.drops and rules.engine == ORDERED:
        settle(room, rules, limits, span)
        return bool(room.best[3])
    if rules.drops and room.best[3]:
        return True
    trace(work, span)
    return False


@kernel
def is_used(cells: int, out: Found, length: int, event: int) -> bool:
    """Return whether an event has a step in the row that is being written."""
    found = False
    for j in range(length):
        found |= out.at[cells + j] == event
    return found


@kernel
def add_optional(work: Work, span: Span, out: Found, cells: int, length: int) -> int:
    """Fill in the optional steps around those taken; return the length then.

    Each is taken by the earliest free event between the steps around it that are not optional.
    """
    room, rules, limits = work
    level = room.best[0]
    shift = limits.top + len(rules.first)
    strictly = 1 if rules.ties == ONE_EACH else 0
    for o in range(len(rules.optional)):
        number = rules.optional[o]
        before = 0
        while before + 1 < level and rules.place[before + 1] < number:
            before += 1
        if before + 1 < limits.top and rules.place[before + 1] < number:
            continue
        low = room.time[room.chain[before]] + strictly
        high = room.best[1] + limits.window
        if before + 1 < level:
            high = room.time[room.chain[before + 1]] - strictly
        for q in range(span[0], span[1]):
            if room.time[q] > high:
                break
            if room.time[q] < low or not room.word[q] >> (shift + o) & 1:
                continue
            if rules.ties == MATCH and is_used(cells, out, length, room.at[q]):
                continue
            for j in range(length, number + 1):
                out.at[cells + j] = ABSENT
            out.at[cells + number] = room.at[q]
            length = max(length, number + 1)
            break
    return length


@kernel
def write_row(work: Work, span: Span, out: Found, cells: int) -> int:
    """Write the events of the told attempt; return how many cells it takes."""
    room, rules, _ = work
    level = int(room.best[0])
    if rules.engine in (ANY, POSTHOG, POSTHOG_ANY):
        for j in range(level):
            event = room.chain[j]
            out.at[cells + j] = ABSENT if event == ABSENT else room.at[event]
        return level
    length = int(rules.place[level - 1]) + 1
    for j in range(length):
        out.at[cells + j] = ABSENT
    for j in range(level):
        out.at[cells + rules.place[j]] = room.at[room.chain[j]]
    if len(rules.optional):
        return add_optional(work, span, out, cells, length)
    return length


@kernel
def tell_unit(work: Work, span: Span, out: Found, person: int, written: Span) -> Span:
    """Write the rows of one unit; return rows and cells written so far."""
    room, rules, _ = work
    rows, cells = written
    is_each = rules.unit == ATTEMPTS
    at = span[0]
    while at < span[1]:
        told = (at, span[1])
        if rules.engine == ANCHORED and not is_each:
            told = best_anchored(work, told)
            ended = span[1]
        else:
            ended = run_one(work, told, EPISODE if is_each else 0)
            told = (at, ended if is_each else span[1])
        if room.best[0] == 0:
            break
        state = OPEN if can_go_on(work) else 0
        length = 0
        if is_out(work, told):
            state = DROPPED
        else:
            length = write_row(work, told, out, cells)
            cells += length
        out.length[rows] = length
        out.person[rows] = person
        out.state[rows] = state
        rows += 1
        if not is_each:
            break
        at = ended
    return rows, cells


@kernel
def tell_person(work: Work, found: int, out: Found, person: int, written: Span) -> Span:
    """Write the rows of a person's units; return rows and cells written so far."""
    room, rules, _ = work
    first = 0
    for q in range(1, found + 1):
        is_end = q == found
        if not is_end and rules.unit == SESSIONS:
            is_end = room.time[q] - room.time[q - 1] > rules.gap
        if is_end:
            written = tell_unit(work, (first, q), out, person, written)
            first = q
    return written


@kernel
def walk_all(events: Events, look: Look, work: Work, out: Found) -> tuple[int, int, int]:
    """Fill `out` with every unit that entered; return the next person, rows, and cells.

    Stops early when `out` may not hold the next person: call again from there.
    """
    room, rules, _ = work
    written = (0, 0)
    person = events.lo
    while person < events.hi:
        most = np.int64(1)
        if rules.unit != PEOPLE:
            most += events.starts[person + 1] - events.starts[person]
        if written[0] + most > len(out.person) or written[1] + most * rules.size > len(out.at):
            break
        if not is_skipped(events, person):
            found = gather(events, look, person, room, rules)
            written = tell_person(work, found, out, person, written)
        person += 1
    return person, written[0], written[1]
