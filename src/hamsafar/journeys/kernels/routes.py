"""Kernels of paths: the first steps of every path as a table, and how often each step was taken."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.journeys.kernels.edges import EMPTY, bin_of, grown, probe
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.marking import longest_of, word_of
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import NAME_BITS, U8, Events, Marks, Sieve
from hamsafar.storage.types import I64, U32, U64

FORWARD, BACKWARD, BETWEEN, AFTER = 0, 1, 2, 3
START, END = np.uint64(1), np.uint64(2)
NEVER = -(1 << 62)


class RouteRules(NamedTuple):
    """Which part of a journey is a path.

    Attributes:
        direction: FORWARD, BACKWARD, BETWEEN or AFTER.
        has_start: whether a path begins where condition 0 holds; else where the journey does.
        has_end: whether a path (backward, between) ends where condition 1 holds.
        depth: steps that are told.
        gap: the longest silence within a path in µs.
        collapse: whether a run of one event is one step.
        middle: the code that stands for left out steps.
    """

    direction: int
    has_start: bool
    has_end: bool
    depth: int
    gap: int
    collapse: bool
    middle: int


class Routes(NamedTuple):
    """Paths, a row each, those of one person together.

    Attributes:
        person: i64[m], place in the chunk.
        length: i64[m], steps told, 1 … width.
        goes_on: u8[m], whether more steps follow that are not told.
        code: u32[m, width], backward: against time.
        time: i64[m, width], µs UTC.
    """

    person: I64
    length: I64
    goes_on: U8
    code: U32
    time: I64


class Legs(NamedTuple):
    """One stretch of a journey between two long silences, runs made one if so asked.

    Attributes:
        code: u32[n].
        time: i64[n], of the first event of a run.
        word: u64[n], conditions any event of the run meets.
    """

    code: U32
    time: I64
    word: U64


@kernel
def first_with(legs: Legs, bit: np.uint64, low: int, high: int) -> int:
    """Return the first leg in low … high - 1 that meets a condition; -1 for none."""
    for k in range(low, high):
        if legs.word[k] & bit:
            return k
    return -1


@kernel
def put(routes: Routes, row: int, legs: Legs, stretch: tuple[int, int, int]) -> None:
    """Write `stretch` (first leg, step, number) into a row from its column `length` on."""
    first, step, number = stretch
    column = routes.length[row]
    for k in range(number):
        routes.code[row, column + k] = legs.code[first + k * step]
        routes.time[row, column + k] = legs.time[first + k * step]
    routes.length[row] += number


@kernel
def write(
    routes: Routes, row: int, legs: Legs, rules: RouteRules, part: tuple[int, int, int]
) -> None:
    """Write the path over legs `part` (first, last, step) into a row."""
    first, last, step = part
    length = (last - first) * step + 1
    routes.length[row] = 0
    routes.goes_on[row] = 0
    if length <= rules.depth:
        put(routes, row, legs, (first, step, length))
        return
    if rules.direction != BETWEEN:
        put(routes, row, legs, (first, step, rules.depth))
        routes.goes_on[row] = 1
        return
    head = (rules.depth + 1) // 2
    put(routes, row, legs, (first, 1, head))
    routes.code[row, head] = rules.middle
    routes.time[row, head] = legs.time[first + head]
    routes.length[row] += 1
    tail = rules.depth - head
    put(routes, row, legs, (last - tail + 1, 1, tail))


@kernel
def part_of(legs: Legs, n: int, rules: RouteRules) -> tuple[int, int, int]:
    """Return (first leg, last leg, step) of the path within a stretch; first is -1 for none."""
    if rules.direction == BACKWARD:
        last = first_with(legs, END, 0, n) if rules.has_end else n - 1
        return last, 0, -1
    first = first_with(legs, START, 0, n) if rules.has_start else 0
    if first < 0 or rules.direction != BETWEEN:
        return first, n - 1, 1
    last = first_with(legs, END, first + 1, n)
    return (-1, 0, 1) if last < 0 else (first, last, 1)


@kernel
def take(routes: Routes, found: int, legs: Legs, rules: RouteRules, at: tuple[int, int]) -> int:
    """Write the path of a stretch, if it has one and there is room; `at` is (person, legs)."""
    person, n = at
    if n == 0:
        return found
    part = part_of(legs, n, rules)
    if part[0] < 0:
        return found
    if found < len(routes.person):
        routes.person[found] = person
        write(routes, found, legs, rules, part)
    return found + 1


@kernel
def route(
    events: Events,
    work: tuple[Sieve | None, Marks, I64],
    rules: RouteRules,
    routes: Routes,
) -> int:
    """Fill `routes`; return how many there are, also beyond the room.

    The third of `work` is from when on each person is looked at, µs UTC; one element for all.
    """
    sieve, marks, since = work
    longest = longest_of(events)
    legs = Legs(
        np.empty(longest, np.uint32), np.empty(longest, np.int64), np.empty(longest, np.uint64)
    )
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        begins = since[person] if rules.direction == AFTER else np.int64(NEVER)
        n, before = 0, np.int64(0)
        is_done = False
        for i in range(events.starts[person], events.starts[person + 1]):
            at = events.time[i]
            if is_done or at <= begins or not is_kept(events, sieve, i):
                continue
            if n and at - before > rules.gap:
                found = take(routes, found, legs, rules, (person, n))
                n = 0
                is_done = rules.direction == AFTER
                if is_done:
                    continue
            before = at
            code = events.code[i]
            if n and rules.collapse and legs.code[n - 1] == code:
                legs.word[n - 1] |= word_of(events, marks, i)
                continue
            legs.code[n] = code
            legs.time[n] = at
            legs.word[n] = word_of(events, marks, i)
            n += 1
        found = take(routes, found, legs, rules, (person, n))
    return found


@kernel
def count_keys(keys: I64, room: int) -> tuple[I64, I64]:
    """Return the different keys (all >= 0), in any order, and how often each stands there."""
    table = np.full(room, EMPTY, np.int64)
    slots = np.empty(room, np.int64)
    counts = np.zeros(room, np.int64)
    found = 0
    for key in keys:
        place = probe(table, key)
        if table[place] == EMPTY:
            table[place] = key
            slots[place] = found
            found += 1
            if found * 2 > len(table):
                table, slots = grown(table, slots)
                more = np.zeros(len(table), np.int64)
                more[: len(counts)] = counts
                counts = more
            counts[found - 1] += 1
            continue
        counts[slots[place]] += 1
    out = np.empty(found, np.int64)
    for place in range(len(table)):
        if table[place] != EMPTY:
            out[slots[place]] = table[place]
    return out, counts[:found].copy()


@kernel
def link_keys(routes: Routes, out: I64) -> int:
    """Fill `out` with `step << 52 | from << 26 | to` of every link; return how many."""
    found = 0
    for row in range(len(routes.person)):
        for k in range(routes.length[row] - 1):
            source, target = np.int64(routes.code[row, k]), np.int64(routes.code[row, k + 1])
            out[found] = np.int64(k) << (2 * NAME_BITS) | source << NAME_BITS | target
            found += 1
    return found


@kernel
def node_keys(routes: Routes, out: I64) -> int:
    """Fill `out` with `step << 26 | code` of every step; return how many."""
    found = 0
    for row in range(len(routes.person)):
        for k in range(routes.length[row]):
            out[found] = np.int64(k) << NAME_BITS | np.int64(routes.code[row, k])
            found += 1
    return found


class RouteTally(NamedTuple):
    """What the second walk writes to.

    Attributes:
        nodes: i64[nodes, 4], (times, people, paths that stop there, paths that go on untold).
        links: i64[links, 2], (times, people).
        stops: i64[width, 2], paths that stop at a step (times, people).
        onward: i64[2], paths that go on beyond what is told (times, people).
        took: i64[links, bins], histograms of durations.
    """

    nodes: I64
    links: I64
    stops: I64
    onward: I64
    took: I64


@kernel
def bump(figures: I64, seen: I64, place: int, person: int) -> None:
    """Count one more time at a place, and one more person if it is their first."""
    figures[place, 0] += 1
    if seen[place] != person:
        seen[place] = person
        figures[place, 1] += 1


@kernel
def tally_routes(routes: Routes, fold: I64, shown: I64, tally: RouteTally) -> None:
    """Count folded steps and the links that are shown.

    `fold` [step, code] is a node; `shown` [node, node] a link, -1 where it is not shown.
    """
    node_seen = np.full(len(tally.nodes), -1, np.int64)
    link_seen = np.full(len(tally.links), -1, np.int64)
    stop_seen = np.full(len(tally.stops), -1, np.int64)
    onward_seen = -1
    for row in range(len(routes.person)):
        person, length = routes.person[row], routes.length[row]
        before = np.int64(-1)
        for k in range(length):
            node = fold[k, routes.code[row, k]]
            bump(tally.nodes, node_seen, node, person)
            if k and shown[before, node] >= 0:
                link = shown[before, node]
                bump(tally.links, link_seen, link, person)
                took = abs(routes.time[row, k] - routes.time[row, k - 1])
                tally.took[link, bin_of(took)] += 1
            before = node
        if not routes.goes_on[row]:
            tally.nodes[before, 2] += 1
            bump(tally.stops, stop_seen, length - 1, person)
        else:
            tally.nodes[before, 3] += 1
            tally.onward[0] += 1
            tally.onward[1] += onward_seen != person
            onward_seen = person
