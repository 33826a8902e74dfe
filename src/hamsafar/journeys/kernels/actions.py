"""Kernels of ClickHouse's sequence patterns: `sequenceCount` and `retention`, exactly as it counts.

A pattern is a row of actions; an event that meets no condition is invisible. Without limits of
time ClickHouse runs an automaton that takes the earliest end; with them it backtracks. The second
is done here by a walk against time that learns from where the rest can succeed, so that the walk
in time never has to go back.

Source: ClickHouse, src/AggregateFunctions/AggregateFunctionSequenceMatch.cpp (26.9).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.marking import longest_of, place_of, word_of
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import Events, Marks, Rows, Sieve
from hamsafar.storage.types import I64, U64

SPECIFIC, ANY, STAR, AT_MOST, LESS, AT_LEAST, MORE, EXACTLY = 0, 1, 2, 3, 4, 5, 6, 7
ONE = np.uint64(1)
HERE, BEFORE = 0, 1
NOWHERE = -1


class Script(NamedTuple):
    """Actions: what to do, and the condition's bit or the limit in µs. The first is a star."""

    kind: I64
    value: I64


class Scene(NamedTuple):
    """One person's visible events, and what is known of them.

    Attributes:
        time: i64[n].
        word: u64[n], conditions each meets.
        can: u64[2, n + 1]: bit a tells whether the rest from action a succeeds at this event when
            time is measured from it (HERE) or from the one before (BEFORE).
    """

    time: I64
    word: U64
    can: U64


@kernel
def is_met(script: Script, action: int, took: int) -> bool:
    """Return whether a limit of time holds."""
    kind, value = script.kind[action], script.value[action]
    if kind == AT_MOST:
        return bool(took <= value)
    if kind == LESS:
        return bool(took < value)
    if kind == AT_LEAST:
        return bool(took >= value)
    if kind == MORE:
        return bool(took > value)
    return bool(took == value)


@kernel
def can(scene: Scene, action: int, place: int, base: int) -> bool:
    """Return whether the rest from an action succeeds."""
    return bool((scene.can[base, place] >> np.uint64(action)) & ONE)


@kernel
def exactly(scene: Scene, action: int, at: int, near: int) -> int:
    """Return an event at a moment, not before `near`, from which the rest succeeds."""
    place = place_of(scene.time, at)
    while place >= near and scene.time[place] == at:
        if can(scene, action + 1, place, HERE):
            return place
        place -= 1
    return NOWHERE


@kernel
def target_of(
    scene: Scene, script: Script, at: tuple[int, int, int], known: tuple[I64, I64]
) -> int:
    """Return an event a limit of time may be met at; NOWHERE if the rest cannot succeed.

    `at` is (action, place, base); `known` tells of each action the nearest and the farthest event
    from here on from which it succeeds.
    """
    action, place, base = at
    nearest, farthest = known
    since = scene.time[place - base]
    kind = script.kind[action]
    far = farthest[action + 1]
    if nearest[action + 1] == NOWHERE:
        return NOWHERE
    if kind in (AT_LEAST, MORE):
        return int(far) if is_met(script, action, scene.time[far] - since) else NOWHERE
    near = nearest[action + 1]
    if kind == EXACTLY:
        return exactly(scene, action, since + script.value[action], near)
    return int(near) if is_met(script, action, scene.time[near] - since) else NOWHERE


@kernel
def is_possible(
    scene: Scene, script: Script, at: tuple[int, int, int], known: tuple[I64, I64]
) -> bool:
    """Return whether the rest succeeds from (action, place, base)."""
    action, place, base = at
    kind = script.kind[action]
    if kind == SPECIFIC and not (scene.word[place] >> np.uint64(script.value[action])) & ONE:
        return False
    if kind in (SPECIFIC, ANY):
        return can(scene, action + 1, place + 1, BEFORE)
    if kind == STAR:
        return bool(known[0][action + 1] != NOWHERE)
    if place - base < 0:
        return False
    return target_of(scene, script, at, known) != NOWHERE


@kernel
def learn(scene: Scene, script: Script, known: tuple[I64, I64]) -> None:
    """Fill `can`, from the last event to the first."""
    nearest, farthest = known
    n, actions = len(scene.time), len(script.kind)
    nearest[:] = NOWHERE
    farthest[:] = NOWHERE
    # At the end only stars may be left.
    ended = ONE << np.uint64(actions)
    action = actions - 1
    while action >= 0 and script.kind[action] == STAR:
        ended |= ONE << np.uint64(action)
        action -= 1
    scene.can[:, n] = ended
    for place in range(n - 1, -1, -1):
        scene.can[:, place] = ONE << np.uint64(actions)
        nearest[actions] = place
        farthest[actions] = max(farthest[actions], place)
        for action in range(actions - 1, -1, -1):
            for base in range(2):
                if is_possible(scene, script, (action, place, base), known):
                    scene.can[base, place] |= ONE << np.uint64(action)
            if can(scene, action, place, HERE):
                nearest[action] = place
                farthest[action] = max(farthest[action], place)


@kernel
def act(scene: Scene, script: Script, start: int) -> int:
    """Follow the pattern from an event on; return the event after the match, or NOWHERE."""
    n, actions = len(scene.time), len(script.kind)
    action, place, base = 0, start, HERE
    if not can(scene, 0, start, HERE):
        return NOWHERE
    while action < actions and place < n:
        kind = script.kind[action]
        if kind in (SPECIFIC, ANY):
            place, base = place + 1, BEFORE
        else:
            since = scene.time[place - base]
            while not can(scene, action + 1, place, HERE) or (
                kind != STAR and not is_met(script, action, scene.time[place] - since)
            ):
                place += 1
            base = HERE
        action += 1
    return place


@kernel
def count_backtracking(scene: Scene, script: Script, known: tuple[I64, I64]) -> tuple[int, int]:
    """Return how often the pattern is found, and the last event of the last time."""
    learn(scene, script, known)
    place, times, last = 0, 0, NOWHERE
    while place < len(scene.time):
        place = act(scene, script, place)
        if place == NOWHERE:
            break
        times += 1
        last = place - 1
    return times, last


@kernel
def count_earliest(scene: Scene, script: Script) -> tuple[int, int]:
    """Return how often the pattern is found when each match ends as early as it can."""
    states = np.uint64(0)
    for kind in script.kind:
        states += np.uint64(kind != STAR)
    times, last = 0, NOWHERE
    active = ONE
    for place in range(len(scene.time)):
        moved, state = np.uint64(0), np.uint64(0)
        for action in range(len(script.kind)):
            is_active = (active >> state) & ONE
            if script.kind[action] == STAR:
                moved |= is_active << state
                continue
            is_specific = script.kind[action] == SPECIFIC
            if not is_specific or (scene.word[place] >> np.uint64(script.value[action])) & ONE:
                moved |= is_active << (state + ONE)
            state += ONE
        active = moved
        if (active >> states) & ONE:
            times += 1
            last = place
            active = ONE
    return times, last


@kernel
def count_sequence(
    events: Events,
    work: tuple[Sieve | None, Marks],
    script: Script,
    has_time: int,
    rows: Rows,
) -> int:
    """Fill `rows` with everybody in whom the pattern is found; return how many."""
    sieve, marks = work
    longest = longest_of(events)
    time, word = np.empty(longest, np.int64), np.empty(longest, np.uint64)
    room = np.empty((2, longest + 1), np.uint64)
    known = (np.empty(len(script.kind) + 1, np.int64), np.empty(len(script.kind) + 1, np.int64))
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        n = 0
        for i in range(events.starts[person], events.starts[person + 1]):
            if is_kept(events, sieve, i):
                time[n] = events.time[i]
                word[n] = word_of(events, marks, i)
                n += word[n] != 0
        scene = Scene(time[:n], word[:n], room[:, : n + 1])
        if has_time:
            times, last = count_backtracking(scene, script, known)
        else:
            times, last = count_earliest(scene, script)
        if times:
            rows.who[found] = person
            rows.counts[found] = times
            rows.last_at[found] = time[last]
            found += 1
    return found


@kernel
def met(events: Events, work: tuple[Sieve | None, Marks], counts: I64) -> None:
    """Count people who met condition 0, and those who met 0 and k, in any order."""
    sieve, marks = work
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        seen = np.uint64(0)
        for i in range(events.starts[person], events.starts[person + 1]):
            if is_kept(events, sieve, i):
                seen |= word_of(events, marks, i)
        if seen & ONE:
            for k in range(len(counts)):
                counts[k] += np.int64((seen >> np.uint64(k)) & ONE)
