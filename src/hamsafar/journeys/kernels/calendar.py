"""Kernels over intervals of the calendar: retention, lifecycle, stickiness."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.marking import longest_of, place_of, word_of
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import Events, Marks, Rows, Sieve
from hamsafar.storage.types import I64

NEVER = -(1 << 62)
FIRST, AGAIN = np.uint64(1), np.uint64(2)
NEW, RETURNING, RESURRECTING, DORMANT, STATES = 0, 1, 2, 3, 4
OF, DID, EARLY, FIGURES = 0, 1, 2, 3


class CohortRules(NamedTuple):
    """How retention is counted.

    Attributes:
        cohorts: intervals that open a cohort; edges go on for `periods` more.
        periods: periods after the first.
        is_first_time: only the first event of a life enters; else the first of each interval.
        rolling_us: length of a period that begins with the person's own first event; 0: calendar.
        is_cumulative: a return in a later period counts as well.
        as_of: µs UTC until which everything is known.
    """

    cohorts: int
    periods: int
    is_first_time: bool
    rolling_us: int
    is_cumulative: bool
    as_of: int


@kernel
def enter(
    events: Events,
    work: tuple[Sieve | None, Marks, I64],
    rules: CohortRules,
    person: int,
    out: tuple[I64, I64],
) -> tuple[int, int, int]:
    """Fill `out`: when the person entered each cohort, and the times of coming again.

    Returns the first cohort entered, the last, and how many times of coming again there are.
    """
    sieve, marks, edges = work
    entered, again = out
    low, high, times = rules.cohorts, -1, 0
    is_new = True
    for i in range(events.starts[person], events.starts[person + 1]):
        if not is_kept(events, sieve, i):
            continue
        word = word_of(events, marks, i)
        if word & AGAIN:
            again[times] = events.time[i]
            times += 1
        if not word & FIRST or (rules.is_first_time and not is_new):
            continue
        is_new = False
        cohort = place_of(edges, events.time[i])
        if 0 <= cohort < rules.cohorts and entered[cohort] == NEVER:
            entered[cohort] = events.time[i]
            low, high = min(low, cohort), max(high, cohort)
    return low, high, times


@kernel
def window(
    edges: I64, rules: CohortRules, cohort: int, entered_at: int, period: int
) -> tuple[int, int]:
    """Return from when to when a period is."""
    if rules.rolling_us:
        begins = entered_at + period * rules.rolling_us
        return begins, begins + rules.rolling_us
    return edges[cohort + period], edges[cohort + period + 1]


@kernel
def returned(again: I64, at: int, ends: int, rules: CohortRules) -> int:
    """Return when somebody came again, `again[at]` being the first time since the period began."""
    if at == len(again):
        return NEVER
    if rules.is_cumulative:
        return int(again[-1])
    return int(again[at]) if again[at] < ends else NEVER


@kernel
def judge(figures: I64, verdict: tuple[int, bool]) -> bool:
    """Count one person (when they came again, whether the period is over) in one cell.

    Returns whether they are among those who came again.
    """
    last, is_over = verdict
    if not is_over:
        figures[EARLY] += last != NEVER
        return False
    figures[OF] += 1
    figures[DID] += last != NEVER
    return last != NEVER


@kernel
def retain(
    events: Events,
    work: tuple[Sieve | None, Marks, I64],
    rules: CohortRules,
    counts: I64,
    wanted: tuple[int, int],
    rows: Rows,
) -> int:
    """Count into `counts` [cohort, period, (of, did, early)]; return how many rows were filled.

    `wanted` is the (cohort, period) whose people go to `rows`; a cohort of `cohorts` is all.
    """
    edges = work[2]
    longest = longest_of(events)
    again = np.empty(longest, np.int64)
    entered = np.full(rules.cohorts, NEVER, np.int64)
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        low, high, times = enter(events, work, rules, person, (entered, again))
        row_times, row_last = 0, NEVER
        for cohort in range(low, high + 1):
            if entered[cohort] == NEVER:
                continue
            at = 0
            for period in range(rules.periods + 1):
                begins, ends = window(edges, rules, cohort, entered[cohort], period)
                while at < times and again[at] < begins:
                    at += 1
                last = int(entered[cohort])
                if period:
                    last = returned(again[:times], at, ends, rules)
                is_over = period == 0 or ends <= rules.as_of
                is_among = judge(counts[cohort, period], (last, is_over))
                is_wanted = period == wanted[1] and (
                    cohort == wanted[0] or wanted[0] == rules.cohorts
                )
                if is_wanted and is_among:
                    row_times += 1
                    row_last = max(row_last, last)
            entered[cohort] = NEVER
        if row_times:
            rows.who[found] = person
            rows.counts[found] = row_times
            rows.last_at[found] = row_last
            found += 1
    return found


@kernel
def note(counts: I64, cell: int, wanted: int, rows: Rows, row: tuple[int, int, int, int]) -> int:
    """Count a person in a cell; return how many rows there are now. `row` is (found, who, times, last)."""
    counts[cell] += 1
    found, who, times, last = row
    if cell == wanted:
        rows.who[found] = who
        rows.counts[found] = times
        rows.last_at[found] = last
        return found + 1
    return found


@kernel
def live(
    events: Events,
    work: tuple[Sieve | None, Marks, I64],
    counts: I64,
    wanted: int,
    rows: Rows,
) -> int:
    """Count states of people by interval into `counts` [(interval - 1) * STATES + state].

    Interval 0 only tells who was there before. Returns how many rows were filled.
    """
    sieve, marks, edges = work
    last_interval = len(edges) - 2
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before, times, last = -2, 0, NEVER
        state = NEW
        is_new = True
        # A run is a person's events within one interval; the round after the last closes it.
        for i in range(events.starts[person], events.starts[person + 1] + 1):
            k = last_interval + 2
            if i < events.starts[person + 1]:
                if not is_kept(events, sieve, i) or not word_of(events, marks, i) & FIRST:
                    continue
                k = min(place_of(edges, events.time[i]), last_interval + 1)
                if k == before:
                    times += 1
                    last = events.time[i]
                    continue
            if 1 <= before <= last_interval:
                row = (found, person, times, last)
                found = note(counts, (before - 1) * STATES + state, wanted, rows, row)
            if 0 <= before < last_interval and k != before + 1:
                row = (found, person, times, last)
                found = note(counts, before * STATES + DORMANT, wanted, rows, row)
            if i == events.starts[person + 1]:
                break
            state = (
                NEW if is_new else (RETURNING if before == k - 1 and before >= 0 else RESURRECTING)
            )
            is_new = False
            before, times, last = k, 1, events.time[i]
    return found


@kernel
def stick(
    events: Events,
    work: tuple[Sieve | None, Marks, I64],
    counts: I64,
    wanted: int,
    rows: Rows,
) -> int:
    """Count people by the number of intervals they were active in, into `counts` [number]."""
    sieve, marks, edges = work
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before, intervals, times, last = -1, 0, 0, NEVER
        for i in range(events.starts[person], events.starts[person + 1]):
            if not is_kept(events, sieve, i) or not word_of(events, marks, i) & FIRST:
                continue
            k = place_of(edges, events.time[i])
            if k < 0 or k > len(edges) - 2:
                continue
            intervals += k != before
            times += 1
            last = events.time[i]
            before = k
        if intervals:
            found = note(counts, intervals, wanted, rows, (found, person, times, last))
    return found
