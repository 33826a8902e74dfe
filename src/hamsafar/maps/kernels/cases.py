"""Kernels of cases: lives cut into attempts, their variants, and what deviations come to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hamsafar.kernel.jit import compiled
from hamsafar.storage.types import I64, U32, U64

SEED_A = np.uint64(0x243F6A8885A308D3)
SEED_B = np.uint64(0x13198A2E03707344)
PRIME_A = np.uint64(0x9E3779B97F4A7C15)
PRIME_B = np.uint64(0xC2B2AE3D27D4EB4F)
HALF = np.uint64(32)
NEAR = np.uint64(29)
_NOTHING = np.uint64(0)


class Rule(NamedTuple):
    """Where an attempt ends.

    Attributes:
        silence_us: longer silence ends it; negative: never.
        restart: whether a step of an earlier stage begins the next after the goal.
        goal, early: u64, touchpoints that reach the goal, and those of the stages before it.
        known: u64[k], touchpoints of each symbol.
    """

    silence_us: int
    restart: bool
    goal: np.uint64
    early: np.uint64
    known: U64


@compiled
def cut(starts: I64, time: I64, symbol: U32, rule: Rule, out: tuple[I64, I64, I64]) -> int:
    """Fill `out` with each attempt's first step, person and time of the goal (-1); return how many.

    `out` has room for an attempt per step.
    """
    first, who, goal_at = out
    found = 0
    for person in range(len(starts) - 1):
        reached = False
        for i in range(starts[person], starts[person + 1]):
            bits = rule.known[symbol[i]]
            fresh = i == starts[person]
            if not fresh and rule.silence_us >= 0:
                fresh = time[i] - time[i - 1] > rule.silence_us
            if not fresh and reached and rule.restart:
                fresh = bits & rule.early != _NOTHING and bits & ~rule.early == _NOTHING
            if fresh:
                first[found] = i
                who[found] = person
                goal_at[found] = -1
                found += 1
                reached = False
            if bits & rule.goal != _NOTHING and not reached:
                reached = True
                goal_at[found - 1] = i
    return found


@compiled
def fingerprint(first: I64, last: I64, symbol: U32, out: tuple[U64, U64]) -> None:
    """Fill `out` with the two halves of a fingerprint of each attempt's symbols."""
    for case in range(len(first)):
        a, b = SEED_A, SEED_B
        for i in range(first[case], last[case]):
            word = np.uint64(symbol[i])
            a = (a ^ word) * PRIME_A
            a ^= a >> HALF
            b = (b + word) * PRIME_B
            b ^= b >> NEAR
        out[0][case] = a
        out[1][case] = b


@compiled
def group(a: U64, b: U64, places: I64, out: tuple[I64, I64]) -> int:
    """Fill `out` (variant of each case; a case of each variant); return how many variants.

    `places` is an empty hash table: all -1, a power of two, more than there are cases.
    """
    mask = np.uint64(len(places) - 1)
    variant, example = out
    found = 0
    for case in range(len(a)):
        place = a[case] & mask
        while True:
            v = places[np.int64(place)]
            if v < 0 or (a[example[v]] == a[case] and b[example[v]] == b[case]):
                break
            place = (place + np.uint64(1)) & mask
        if v < 0:
            v = found
            places[np.int64(place)] = v
            example[v] = case
            found += 1
        variant[case] = v
    return found


class Lives(NamedTuple):
    """The attempts with their variants.

    Attributes:
        first, last: i64[c], each attempt's steps.
        who: i64[c], place of its person; equal ones lie side by side.
        variant: i64[c].
        is_open: u8[c], it may still go on.
        goal_at: i64[c], step that reached the goal, -1 when none did.
        time: i64[m].
    """

    first: I64
    last: I64
    who: I64
    variant: I64
    is_open: NDArray[np.uint8]
    goal_at: I64
    time: I64


class Rows(NamedTuple):
    """What differs, variant by variant.

    Attributes:
        lo: i64[v + 1], rows of each variant.
        dev: i64[r], which deviation.
        at: i64[r], place in the variant of the event it shows at.
        is_stop: u8[r], it only counts in attempts that are over.
        is_event: u8[r], the place is an event that took the customer's time.
    """

    lo: I64
    dev: I64
    at: I64
    is_stop: NDArray[np.uint8]
    is_event: NDArray[np.uint8]


class Used(NamedTuple):
    """How the events of variants are used.

    Attributes:
        starts: i64[v + 1].
        touch: i64[m], touchpoint of each event, -1: left over.
        ends: u8[t], the map can end with this touchpoint: nothing is waited for.
    """

    starts: I64
    touch: I64
    ends: NDArray[np.uint8]


@compiled
def occurrences(lives: Lives, rows: Rows, most: int, out: tuple[I64, I64, I64]) -> int:
    """Fill `out` with the attempt, the step and the lost µs of each row of each attempt.

    With room for nothing it only counts. `most` is the longest one event may have taken the
    customer, µs.
    """
    case_of, step_of, lost = out
    found = 0
    for case in range(len(lives.first)):
        v = lives.variant[case]
        first, last = lives.first[case], lives.last[case]
        for r in range(rows.lo[v], rows.lo[v + 1]):
            if rows.is_stop[r] and lives.is_open[case]:
                continue
            if len(case_of):
                i = first + min(rows.at[r], last - first - 1)
                took = 0
                if rows.is_event[r] and i + 1 < last:
                    took = min(lives.time[i + 1] - lives.time[i], most)
                case_of[found], step_of[found], lost[found] = case, i, took
            found += 1
    return found


@compiled
def waits(lives: Lives, used: Used, now: int, out: tuple[I64, I64, I64, I64, I64]) -> int:
    """Fill `out` for each used step: attempt, step, touchpoint, µs to the next used step, state.

    The state is 0 when the next came, 1 when it may still come (then the µs run to `now`), 2 when
    it never did. With room for nothing it only counts.
    """
    case_of, step_of, touch_of, took, state = out
    found = 0
    for case in range(len(lives.first)):
        first = lives.first[case]
        offset = used.starts[lives.variant[case]] - first
        before = -1
        for i in range(first, lives.last[case]):
            touch = used.touch[offset + i]
            if touch < 0:
                continue
            if len(case_of):
                if before >= 0:
                    took[found - 1] = lives.time[i] - lives.time[before]
                    state[found - 1] = 0
                case_of[found], step_of[found], touch_of[found] = case, i, touch
                is_open = lives.is_open[case] and not used.ends[touch]
                took[found] = now - lives.time[i] if is_open else 0
                state[found] = 1 if is_open else 2
            before = i
            found += 1
    return found
