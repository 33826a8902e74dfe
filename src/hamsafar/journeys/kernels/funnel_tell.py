"""Telling a funnel: counts and durations of every step in one walk over the attempts."""

from __future__ import annotations

from hamsafar.journeys.funnel_work import NEVER
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.shards import U8
from hamsafar.storage.types import I64


@kernel
def tell(
    rows: tuple[U8, I64, I64],
    following: I64,
    as_of: int,
    counts: I64,
    took: I64,
    ends: I64,
) -> None:
    """Fill counts and durations.

    Args:
        rows: steps of each attempt, until when it can go on, times of its steps one after other.
        following: i64[steps], the next step that is not optional; -1: who stops there is not
            dropped.
        as_of: who can go on after this is open.
        counts: i64[3 × steps], who took each step, was dropped there, and of them is open.
        took: µs since the step taken before, those of one step together.
        ends: i64[steps], in: where each step's durations begin in `took`; out: where they end.
    """
    length, until, time = rows
    steps = len(following)
    first = 0
    for row in range(len(length)):
        far = int(length[row])
        before = time[first]
        for j in range(far):
            at = time[first + j]
            if at == NEVER:
                continue
            counts[j] += 1
            took[ends[j]] = at - before
            ends[j] += 1
            before = at
            after = following[j]
            if after >= 0 and (after >= far or time[first + after] == NEVER):
                counts[steps + j] += 1
                counts[2 * steps + j] += until[row] > as_of
        first += far
