"""Kernels that put unsorted events in order: by person, then time, tie, and input order."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.storage.types import I64

SHORT = 24
"""Up to this many events a person's are sorted by insertion."""


@kernel
def group_by_person(place: I64, persons: int) -> tuple[I64, I64]:
    """Return a stable order that groups equal places, and where each group starts."""
    starts = np.zeros(persons + 1, np.int64)
    for p in place:
        starts[p + 1] += 1
    for p in range(persons):
        starts[p + 1] += starts[p]
    cursor = starts[:-1].copy()
    order = np.empty(len(place), np.int64)
    for i in range(len(place)):
        order[cursor[place[i]]] = i
        cursor[place[i]] += 1
    return order, starts


@kernel
def is_after(time: I64, tie: I64, a: int, b: int) -> bool:
    """Return whether event `a` belongs strictly after event `b`; no `tie` is an empty array."""
    if time[a] != time[b] or len(tie) == 0:
        return bool(time[a] > time[b])
    return bool(tie[a] > tie[b])


@kernel
def sort_within(order: I64, starts: I64, time: I64, tie: I64) -> None:
    """Sort each group of `order` by (time, tie), stably, in place."""
    for p in range(len(starts) - 1):
        first, last = starts[p], starts[p + 1]
        if last - first <= SHORT:
            for i in range(first + 1, last):
                moving = order[i]
                j = i
                while j > first and is_after(time, tie, order[j - 1], moving):
                    order[j] = order[j - 1]
                    j -= 1
                order[j] = moving
            continue
        group = order[first:last].copy()
        if len(tie):
            group = group[np.argsort(tie[group], kind="mergesort")]
        order[first:last] = group[np.argsort(time[group], kind="mergesort")]


@kernel
def is_sorted(place: I64, time: I64, tie: I64) -> bool:
    """Return whether the events stand in order already."""
    for i in range(1, len(place)):
        if place[i] < place[i - 1]:
            return False
        if place[i] == place[i - 1] and is_after(time, tie, i - 1, i):
            return False
    return True
