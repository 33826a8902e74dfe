"""Everybody's attempts under any rules: gather a person's events, cut units, run an engine, tell."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.funnel_work import (
    ANCHORED,
    ANY,
    AT,
    ATTEMPTS,
    BEST,
    CELLS,
    CHAIN,
    DROPPED,
    EARLY,
    EPISODE,
    LENGTH,
    NEVER,
    ORDERED,
    PEOPLE,
    PERSON,
    POSTHOG,
    POSTHOG_ANY,
    ROWS,
    SESSIONS,
    START,
    STATE,
    STRICT,
    TIME,
    TRACE,
    UNTIL,
    WHO,
    WORD,
    Keep,
    Rules,
    Table,
)
from hamsafar.journeys.kernels.funnel_any import run_any
from hamsafar.journeys.kernels.funnel_drop import settle
from hamsafar.journeys.kernels.funnel_ordered import entering, latest_start, run_ordered
from hamsafar.journeys.kernels.funnel_posthog import run_posthog, run_posthog_any
from hamsafar.journeys.kernels.funnel_row import write_row
from hamsafar.journeys.kernels.funnel_strict import run_strict
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_kept
from hamsafar.journeys.shards import Events, Marks, Sieve
from hamsafar.storage.types import I64

Span = tuple[int, int]
Look = tuple[Sieve, Marks, Keep]
"""Which events count, and what they are."""


@kernel
def gather(events: Events, look: Look, person: int, ev: Table, rules: Rules) -> int:
    """Fill the table of events with a person's that play a part; return how many."""
    sieve, marks, keep = look
    code, by_code, by_event, mask = events.code, marks.by_code, marks.by_event, marks.event_mask
    time, kept, keep_mask, keep_ok = events.time, keep.code, keep.mask, keep.ok
    is_all = rules.unit == SESSIONS or rules.strict == 1
    grain = rules.grain
    found = 0
    for i in range(events.starts[person], events.starts[person + 1]):
        word = np.int64(by_code[code[i]] | by_event[i & mask])
        if (word == 0 and not is_all) or not keep_ok[kept[i & keep_mask]]:
            continue
        if is_kept(events, sieve, i):
            at = time[i]
            ev[AT, found] = i
            ev[WORD, found] = word
            ev[TIME, found] = at if grain == 1 else at - at % grain
            found += 1
    return found


@kernel
def next_entry(ev: Table, rules: Rules, span: Span) -> int:
    """Return the place of the first event that may begin an attempt; the end when none does."""
    for q in range(span[0], span[1]):
        if ev[WORD, q] & 1 and rules.from_us <= ev[TIME, q] < rules.to_us:
            return q
    return span[1]


@kernel
def run_anchored(ev: Table, lv: Table, rules: Rules, span: Span) -> int:
    """Run the attempt that begins with the first step 1 of a span; return where it ended.

    `lv[BEST, 3]` tells whether an exclusion ended it.
    """
    first = next_entry(ev, rules, span)
    lv[BEST, 0] = 0
    if first == span[1]:
        return first
    began = ev[TIME, first]
    while first > span[0] and ev[TIME, first - 1] == began:
        first -= 1
    only = entering(rules, began, began + 1)
    ended = run_ordered(ev, lv, only, (first, span[1]), EPISODE)
    level = lv[BEST, 0]
    lv[BEST, 3] = level < rules.top and lv[START, level] == NEVER
    return ended


@kernel
def best_anchored(ev: Table, lv: Table, rules: Rules, span: Span) -> Span:
    """Leave the furthest of all such attempts of a span in the row `BEST`; return its span."""
    level, began, came, hit = 0, NEVER, NEVER, 0
    at = span[0]
    chosen = span
    while at < span[1]:
        ended = run_anchored(ev, lv, rules, (at, span[1]))
        found = lv[BEST, 0]
        if found > level or (found and found == level and hit and not lv[BEST, 3]):
            level, began, came, hit = found, lv[BEST, 1], lv[BEST, 2], lv[BEST, 3]
            chosen = (at, ended)
        at = ended
    lv[BEST, 0], lv[BEST, 1], lv[BEST, 2], lv[BEST, 3] = level, began, came, hit
    return chosen


@kernel
def run_one(ev: Table, lv: Table, rules: Rules, span: Span, mode: int) -> int:
    """Run the engine over a span; return where it ended. `lv[BEST, 3]`: 1 if the person is out."""
    lv[BEST, 3] = 0
    if rules.engine == ORDERED:
        return run_ordered(ev, lv, rules, span, mode)
    if rules.engine == STRICT:
        return run_strict(ev, lv, rules, span, mode)
    if rules.engine == ANY:
        return run_any(ev, lv, rules, span, mode)
    if rules.engine == ANCHORED:
        return run_anchored(ev, lv, rules, span)
    if rules.engine == POSTHOG:
        run_posthog(ev, lv, rules, span)
        lv[BEST, 3] = lv[BEST, 2]
    if rules.engine == POSTHOG_ANY:
        run_posthog_any(ev, lv, rules, span)
    return span[1]


@kernel
def open_until(lv: Table, rules: Rules) -> int:
    """Return until when, after a run, an attempt might get further than the best did."""
    if lv[BEST, 0] == rules.top:
        return NEVER
    latest = latest_start(lv, EARLY if rules.engine == ANY else START, rules.top)
    return latest + rules.window if latest != NEVER else NEVER


@kernel
def trace(ev: Table, lv: Table, rules: Rules, span: Span) -> None:
    """Fill the row `CHAIN` with the events of the best attempt of a span, where not done yet."""
    if rules.engine not in (ORDERED, STRICT, ANCHORED):
        return
    level, began = lv[BEST, 0], lv[BEST, 1]
    if level == 1:
        q = span[0]
        while ev[TIME, q] != began or not ev[WORD, q] & 1:
            q += 1
        lv[CHAIN, 0] = q
        return
    only = entering(rules, began, began + 1)
    if rules.engine == STRICT:
        run_strict(ev, lv, only, span, TRACE)
    else:
        run_ordered(ev, lv, only, span, TRACE)
    lv[BEST, 0] = level


@kernel
def is_out(ev: Table, lv: Table, rules: Rules, span: Span) -> bool:
    """Return whether an exclusion takes the person out; else the told attempt is traced."""
    if rules.drops and rules.engine == ORDERED:
        settle(ev, lv, rules, span)
        return bool(lv[BEST, 3])
    if rules.drops and lv[BEST, 3]:
        return True
    trace(ev, lv, rules, span)
    return False


@kernel
def tell_unit(ev: Table, lv: Table, rules: Rules, span: Span, units: Table, cells: I64) -> None:
    """Write the rows of one unit of the person `lv[BEST, WHO]`."""
    is_each = rules.unit == ATTEMPTS
    at = span[0]
    while at < span[1]:
        told = (at, span[1])
        if rules.engine == ANCHORED and not is_each:
            told = best_anchored(ev, lv, rules, told)
            ended = span[1]
        else:
            ended = run_one(ev, lv, rules, told, EPISODE if is_each else 0)
            told = (at, ended if is_each else span[1])
        if lv[BEST, 0] == 0:
            return
        row = lv[BEST, ROWS]
        lv[BEST, ROWS] += 1
        units[PERSON, row] = lv[BEST, WHO]
        units[UNTIL, row] = open_until(lv, rules)
        if is_out(ev, lv, rules, told):
            units[STATE, row] = DROPPED
            units[LENGTH, row] = 0
        else:
            units[STATE, row] = 0
            units[LENGTH, row] = write_row(ev, lv, rules, told, cells)
        if not is_each:
            return
        at = ended


@kernel
def tell_person(ev: Table, lv: Table, rules: Rules, found: int, units: Table, cells: I64) -> None:
    """Write the rows of the units of the person `lv[BEST, WHO]`."""
    first = 0
    for q in range(1, found + 1):
        is_end = q == found
        if not is_end and rules.unit == SESSIONS:
            is_end = ev[TIME, q] - ev[TIME, q - 1] > rules.gap
        if is_end:
            tell_unit(ev, lv, rules, (first, q), units, cells)
            first = q


@kernel
def walk_all(
    events: Events, look: Look, room: tuple[Table, Table], rules: Rules, out: tuple[Table, I64]
) -> tuple[int, int, int, int]:
    """Fill `out` with every unit that entered; return next person, rows, cells, newest time.

    `out` is the table of units, and the index of the event of each of their steps, or `ABSENT`.
    Stops early when it may not hold the next person: call again from there.
    """
    ev, lv = room
    units, cells = out
    starts, time, skip, skip_mask = events.starts, events.time, events.skip, events.skip_mask
    newest = NEVER
    lv[BEST, ROWS] = 0
    lv[BEST, CELLS] = 0
    person = events.lo
    while person < events.hi:
        first, last = starts[person], starts[person + 1]
        most = 1 if rules.unit == PEOPLE else 1 + last - first
        rows, used = lv[BEST, ROWS], lv[BEST, CELLS]
        if rows + most > units.shape[1] or used + most * rules.size > len(cells):
            break
        if not rules.is_dated and last > first:
            newest = max(newest, time[last - 1])
        if not skip[person & skip_mask]:
            found = gather(events, look, person, ev, rules)
            if found:
                lv[BEST, WHO] = person
                tell_person(ev, lv, rules, found, units, cells)
        person += 1
    return person, lv[BEST, ROWS], lv[BEST, CELLS], newest
