"""Kernels of variants: a 128-bit fingerprint of each person's sequence, and their tally."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import Events, Prints, Sieve
from hamsafar.storage.types import I64, U32

SEED_A = np.uint64(0x243F6A8885A308D3)
SEED_B = np.uint64(0x13198A2E03707344)
PRIME_A = np.uint64(0x9E3779B97F4A7C15)
PRIME_B = np.uint64(0xC2B2AE3D27D4EB4F)
HALF = np.uint64(32)
NEAR = np.uint64(29)


@kernel
def fingerprint(events: Events, sieve: Sieve | None, rules: tuple[bool, int], out: Prints) -> int:
    """Fill `out` with a fingerprint per person who has any event that counts; return how many.

    `rules` are (collapse repeats, longest sequence). A sequence that goes on beyond the longest
    is cut there and gets another fingerprint than one that ends there.
    """
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        a, b = SEED_A, SEED_B
        length = 0
        before = np.int64(-1)
        for i in range(events.starts[person], events.starts[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            code = np.int64(events.code[i])
            if rules[0] and code == before:
                continue
            before = code
            length += 1
            word = np.uint64(code + 1)
            if length > rules[1]:
                word = np.uint64(0)
            # Multiply and fold: not linear, so no arrangement of codes cancels out.
            a = (a ^ word) * PRIME_A
            a ^= a >> HALF
            b = (b + word) * PRIME_B
            b ^= b >> NEAR
            if length > rules[1]:
                break
        if length:
            out.a[found] = a
            out.b[found] = b
            out.counts[found] = 1
            out.length[found] = length
            out.person[found] = person
            found += 1
    return found


@kernel
def tally_prints(prints: Prints, places: I64) -> int:
    """Add up equal fingerprints in place, the lowest person standing for each; return how many.

    `places` is an empty hash table: all -1, a power of two, more than there are fingerprints.
    """
    mask = np.uint64(len(places) - 1)
    found = 0
    for i in range(len(prints.a)):
        place = prints.a[i] & mask
        while True:
            j = places[np.int64(place)]
            if j < 0 or (prints.a[j] == prints.a[i] and prints.b[j] == prints.b[i]):
                break
            place = (place + np.uint64(1)) & mask
        if j >= 0:
            prints.counts[j] += prints.counts[i]
            prints.person[j] = min(prints.person[j], prints.person[i])
            continue
        places[np.int64(place)] = found
        prints.a[found] = prints.a[i]
        prints.b[found] = prints.b[i]
        prints.counts[found] = prints.counts[i]
        prints.length[found] = prints.length[i]
        prints.person[found] = prints.person[i]
        found += 1
    return found


@kernel
def path_of(events: Events, sieve: Sieve | None, rules: tuple[bool, int], person: int) -> U32:
    """Return the codes of one person's sequence under the rules of `fingerprint`, uncut by 1."""
    first, last = events.starts[person], events.starts[person + 1]
    out = np.empty(last - first, np.uint32)
    length = 0
    before = np.int64(-1)
    for i in range(first, last):
        if not is_kept(events, sieve, i):
            continue
        code = np.int64(events.code[i])
        if rules[0] and code == before:
            continue
        before = code
        out[length] = code
        length += 1
        if length > rules[1]:
            break
    return out[:length]


@kernel
def spans(events: Events, sieve: Sieve | None, places: I64, out: tuple[I64, I64]) -> None:
    """Fill `out` (first to last, last) with the times of these persons' events that count."""
    took, last_at = out
    for place in range(len(places)):
        person = places[place]
        begun = np.int64(0)
        ended = np.int64(0)
        is_first = True
        for i in range(events.starts[person], events.starts[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            if is_first:
                begun = events.time[i]
                is_first = False
            ended = events.time[i]
        took[place] = ended - begun
        last_at[place] = ended
