"""Kernels of a query's scope: how much passes it, where sessions begin, who stands on an edge."""

from __future__ import annotations

from hamsafar.journeys.kernels.edges import slot_of
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import U8, Events, Sieve
from hamsafar.storage.types import I64


@kernel
def count_scope(events: Events, sieve: Sieve | None) -> tuple[int, int]:
    """Return how many people have any event that counts, and how many events count."""
    people = 0
    total = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = total
        for i in range(events.starts[person], events.starts[person + 1]):
            total += is_kept(events, sieve, i)
        people += total > before
    return people, total


@kernel
def mark_sessions(events: Events, sieve: Sieve | None, gap: int, begins: U8) -> int:
    """Mark each person's first event and every event that counts after a longer pause than `gap`.

    Events that do not count end no pause, so they stay in the session they lie in. Returns how
    many marks were made.
    """
    found = 0
    for person in range(events.lo, events.hi):
        first = events.starts[person]
        if first == events.starts[person + 1]:
            continue
        begins[first] = 1
        found += 1
        has_begun = False
        last = events.time[first]
        for i in range(first, events.starts[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            if has_begun and events.time[i] - last > gap:
                begins[i] = 1
                found += 1
            has_begun = True
            last = events.time[i]
    return found


@kernel
def count_crossers(
    events: Events,
    sieve: Sieve | None,
    table: tuple[I64, I64] | None,
    width: int,
    last: I64,
    people: I64,
) -> None:
    """Count into `people`, by slot of an edge, how many people took each edge.

    `last` begins with -1; `width` is the number of names, for slots of a dense table.
    """
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = -1
        for i in range(events.starts[person], events.starts[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            code = int(events.code[i])
            if before >= 0:
                slot = slot_of(width, table, before, code)
                people[slot] += last[slot] != person
                last[slot] = person
            before = code
