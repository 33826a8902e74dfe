"""Kernels of the directly-follows graph.

An edge is a *slot*: `from * width + to` in a dense table, or the place found in a hash table when
there are too many names for that. Quantiles take a second walk: each duration's bin is scattered
to its edge's own stretch of memory, so that every histogram is then counted inside the L1 cache.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.durations import BIN_BITS
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import NAME_BITS, Events, Sieve, Tally
from hamsafar.storage.types import I64, U16

Int = int | np.int64

EMPTY = -1
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
LOW_BITS = 32
LOW_MASK = (1 << LOW_BITS) - 1
CARRY_AT = 1 << 61
FRACTION_SHIFT = 46
ONE = 1023 << 6
BINS = 1 << BIN_BITS
LANES = 4
BLOCK = 64
FEW = 48
"""An edge with so few transitions is sorted; clearing and reading histograms would cost more."""


@kernel
def probe(keys: I64, key: Int) -> Int:
    """Return where `key` stands in an open-addressing table, or the free place for it."""
    mask = len(keys) - 1
    mixed = np.uint64(key) * GOLDEN
    place = np.int64(mixed ^ (mixed >> np.uint64(32))) & mask
    while keys[place] != key and keys[place] != EMPTY:
        place = (place + 1) & mask
    return place


@kernel
def slot_of(width: int, table: tuple[I64, I64] | None, source: Int, target: Int) -> Int:
    """Return the slot of an edge."""
    if table is None:
        return source * width + target
    keys, slots = table
    return np.int64(slots[probe(keys, source << NAME_BITS | target)])


@kernel
def grown(keys: I64, slots: I64) -> tuple[I64, I64]:
    """Return the same table with twice the room."""
    bigger = np.full(len(keys) * 2, EMPTY, np.int64)
    moved = np.empty(len(keys) * 2, np.int64)
    for i in range(len(keys)):
        if keys[i] != EMPTY:
            place = probe(bigger, keys[i])
            bigger[place] = keys[i]
            moved[place] = slots[i]
    return bigger, moved


@kernel
def index_edges(events: Events, sieve: Sieve | None, room: int) -> tuple[I64, I64, int]:
    """Return a hash table (keys, slots) of the edges there are, and their number."""
    keys = np.full(room, EMPTY, np.int64)
    slots = np.empty(room, np.int64)
    code_at, first_of = events.code, events.starts
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = np.int64(-1)
        for i in range(first_of[person], first_of[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            code = np.int64(code_at[i])
            if before >= 0:
                key = before << NAME_BITS | code
                place = probe(keys, key)
                if keys[place] == EMPTY:
                    keys[place] = key
                    slots[place] = found
                    found += 1
                    if found * 2 > len(keys):
                        keys, slots = grown(keys, slots)
            before = code
    return keys, slots, found


@kernel
def carry(tally: Tally) -> None:
    """Move what exceeds 32 bits from the low to the high part of the sums."""
    for slot in range(len(tally.high)):
        low = tally.stats[slot, 1]
        tally.high[slot] += low >> LOW_BITS
        tally.stats[slot, 1] = low & LOW_MASK


@kernel
def count_edges(
    events: Events, sieve: Sieve | None, table: tuple[I64, I64] | None, tally: Tally
) -> None:
    """Count edges, starts, ends and people per name, and sum durations, into `tally`.

    A person's durations add up to at most the time between their first and last event; the
    running total of that tells when a 64-bit sum could overflow, long before it does.
    """
    time, code_at, first_of = events.time, events.code, events.starts
    stats, starts, ends = tally.stats, tally.starts, tally.ends
    people, last = tally.people, tally.last
    width = len(starts)
    pending = np.int64(0)
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = np.int64(-1)
        then = np.int64(0)
        begun = np.int64(0)
        for i in range(first_of[person], first_of[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            code = np.int64(code_at[i])
            at = time[i]
            people[code] += last[code] != person
            last[code] = person
            if before < 0:
                starts[code] += 1
                begun = at
            else:
                slot = slot_of(width, table, before, code)
                stats[slot, 0] += 1
                stats[slot, 1] += at - then
            before = code
            then = at
        if before >= 0:
            ends[before] += 1
            pending += then - begun
            if pending > CARRY_AT:
                carry(tally)
                pending = np.int64(0)
    carry(tally)


@kernel
def bin_of(duration_us: Int) -> Int:
    """Return the histogram bin of a duration: 0 for 0, else 64 bins per power of two.

    The bits of a float64 *are* its logarithm: exponent and the first 6 bits of the fraction.
    Durations below 128 µs get a bin each.
    """
    if duration_us <= 0:
        return np.int64(0)
    return (np.float64(duration_us).view(np.int64) >> FRACTION_SHIFT) - ONE + 1


@kernel
def scatter_bins(
    events: Events, sieve: Sieve | None, table: tuple[I64, I64] | None, cursor: I64, width: int
) -> U16:
    """Return the bin of every transition, grouped by edge; `cursor` holds each slot's first place.

    `cursor` has one place more than there are slots: the number of transitions.
    """
    time, code_at, first_of = events.time, events.code, events.starts
    out = np.empty(cursor[-1], np.uint16)
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = np.int64(-1)
        then = np.int64(0)
        for i in range(first_of[person], first_of[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            code = np.int64(code_at[i])
            at = time[i]
            if before >= 0:
                slot = slot_of(width, table, before, code)
                place = cursor[slot]
                cursor[slot] = place + 1
                out[place] = bin_of(at - then)
            before = code
            then = at
    return out


@kernel
def count_bins(bins: U16, lanes: NDArray[np.int32]) -> None:
    """Count bins into four histograms in turn, so that equal neighbours do not wait."""
    whole = len(bins) - len(bins) % LANES
    for i in range(0, whole, LANES):
        lanes[0, bins[i]] += 1
        lanes[1, bins[i + 1]] += 1
        lanes[2, bins[i + 2]] += 1
        lanes[3, bins[i + 3]] += 1
    for i in range(whole, len(bins)):
        lanes[0, bins[i]] += 1


@kernel
def is_used(block: NDArray[np.int32]) -> bool:
    """Return whether any bin of the block holds something."""
    bits = np.int32(0)
    for lane in range(LANES):
        for b in range(BLOCK):
            bits |= block[lane, b]
    return bool(bits != 0)


@kernel
def sort_few(bins: U16) -> None:
    """Sort a few bins in place, by insertion."""
    for i in range(1, len(bins)):
        moving = bins[i]
        j = i
        while j > 0 and bins[j - 1] > moving:
            bins[j] = bins[j - 1]
            j -= 1
        bins[j] = moving


@kernel
def count_cells(edges: I64, bounds: I64, bins: U16) -> tuple[I64, I64]:
    """Return the sparse histograms: sorted cell keys (edge << 12 | bin) and their counts.

    `bins` is used as working room.
    """
    room = 1
    for e in range(len(edges)):
        room += min(bounds[e + 1] - bounds[e], BINS)
    keys = np.empty(room, np.int64)
    counts = np.empty(room, np.int64)
    lanes = np.zeros((LANES, BINS), np.int32)
    used = 0
    for e in range(len(edges)):
        part = bins[bounds[e] : bounds[e + 1]]
        key = edges[e] << BIN_BITS
        if len(part) <= FEW:
            sort_few(part)
            for i in range(len(part)):
                if i == 0 or part[i] != part[i - 1]:
                    keys[used] = key | np.int64(part[i])
                    counts[used] = 0
                    used += 1
                counts[used - 1] += 1
            continue
        count_bins(part, lanes)
        for first in range(0, BINS, BLOCK):
            block = lanes[:, first : first + BLOCK]
            if not is_used(block):
                continue
            # No branch on whether a bin is empty: it would be guessed wrong too often.
            for b in range(BLOCK):
                count = block[0, b] + block[1, b] + block[2, b] + block[3, b]
                keys[used] = key | (first + b)
                counts[used] = count
                used += count != 0
            block[:] = 0
    # Not copied: memory beyond what was used has never been touched.
    return keys[:used], counts[:used]


@kernel
def merge_cells(
    left_keys: I64, left_counts: I64, right_keys: I64, right_counts: I64
) -> tuple[I64, I64]:
    """Return the sum of two sparse histograms, keys sorted."""
    room = len(left_keys) + len(right_keys)
    keys = np.empty(room, np.int64)
    counts = np.empty(room, np.int64)
    i = j = used = 0
    while i < len(left_keys) or j < len(right_keys):
        takes_left = j == len(right_keys) or (i < len(left_keys) and left_keys[i] <= right_keys[j])
        takes_right = i == len(left_keys) or (j < len(right_keys) and right_keys[j] <= left_keys[i])
        count = np.int64(0)
        if takes_right:
            keys[used] = right_keys[j]
            count += right_counts[j]
            j += 1
        if takes_left:
            keys[used] = left_keys[i]
            count += left_counts[i]
            i += 1
        counts[used] = count
        used += 1
    return keys[:used].copy(), counts[:used].copy()


@kernel
def walk_edge(
    events: Events, sieve: Sieve | None, edge: tuple[int, int], out: tuple[I64, I64, I64]
) -> int:
    """Fill `out` (place of the person, duration, arrival) with an edge's transitions.

    Returns how many there are, also beyond the room in `out`: call with none to learn the number.
    """
    time, code_at, first_of = events.time, events.code, events.starts
    source, target = edge
    who, took, arrived = out
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = np.int64(-1)
        then = np.int64(0)
        for i in range(first_of[person], first_of[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            code = np.int64(code_at[i])
            at = time[i]
            if before == source and code == target:
                if found < len(who):
                    who[found] = person
                    took[found] = at - then
                    arrived[found] = at
                found += 1
            before = code
            then = at
    return found


@kernel
def walk_step(
    events: Events, sieve: Sieve | None, step: tuple[int, int], out: tuple[I64, I64, I64]
) -> int:
    """Fill `out` (place of the person, times, last time) with the people who have a step.

    `step` is (code, part): 0 anywhere in the journey, 1 as its first event, 2 as its last. A code
    below 0 is any.
    Returns how many there are, also beyond the room in `out`: call with none to learn the number.
    """
    time, code_at, first_of = events.time, events.code, events.starts
    wanted, part = step
    who, counts, last_at = out
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        times = np.int64(0)
        last = np.int64(0)
        for i in range(first_of[person], first_of[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            if wanted < 0 or np.int64(code_at[i]) == wanted:
                times = times + 1 if part == 0 else np.int64(1)
                last = time[i]
            elif part == 2:
                times = np.int64(0)
            if part == 1:
                break
        if times:
            if found < len(who):
                who[found] = person
                counts[found] = times
                last_at[found] = last
            found += 1
    return found
