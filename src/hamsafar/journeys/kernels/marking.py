"""Which conditions an event meets, and finding a time among rising ones."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.shards import Events, Marks
from hamsafar.storage.types import I64


@kernel
def word_of(events: Events, marks: Marks, i: int) -> np.uint64:
    """Return the bits of the conditions event `i` meets."""
    return np.uint64(marks.by_code[events.code[i]] | marks.by_event[i & marks.event_mask])


@kernel
def longest_of(events: Events) -> int:
    """Return the most events anybody has, filtered ones included."""
    longest = 0
    for person in range(events.lo, events.hi):
        longest = max(longest, int(events.starts[person + 1] - events.starts[person]))
    return longest


@kernel
def place_of(edges: I64, at: int) -> int:
    """Return the last place whose edge is not after `at`; -1 before the first."""
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if edges[middle] <= at:
            low = middle + 1
        else:
            high = middle
    return low - 1
