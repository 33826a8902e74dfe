"""Journeys counted the slow and obvious way, and random events to count."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from hamsafar.journeys import CUT, Attributes, Filters, Sequences
from hamsafar.storage.types import Flag, SortedChunk

NAMES = ("home", "search", "cart", "order", "خرید")
CHANNELS = ("web", "app", "store")


@dataclass(frozen=True)
class Happened:
    person: int
    time: int
    code: int
    channel: int = 0
    source: int = 0
    flags: int = 0


EVENTS = st.lists(
    st.builds(
        Happened,
        person=st.integers(0, 6),
        time=st.one_of(st.integers(0, 5), st.integers(-(10**15), 10**15)),
        code=st.integers(0, len(NAMES) - 1),
        channel=st.integers(0, 2),
        source=st.integers(0, 3),
        flags=st.sampled_from([
            0,
            0,
            0,
            Flag.DERIVED,
            Flag.TECHNICAL,
            Flag.HISTORICAL,
            Flag.DERIVED | Flag.TECHNICAL,
        ]),
    ),
    max_size=60,
)

FILTERS = st.builds(
    Filters,
    from_us=st.none() | st.integers(-2, 0),
    to_us=st.none() | st.integers(1, 5),
    include=st.none() | st.frozensets(st.sampled_from(NAMES)),
    exclude=st.frozensets(st.sampled_from(NAMES), max_size=2),
    channels=st.none() | st.frozensets(st.sampled_from(CHANNELS)),
    sources=st.none() | st.frozensets(st.integers(0, 3)),
    technical=st.booleans(),
    derived=st.booleans(),
)


def sequences(events: list[Happened], names: tuple[str, ...] = NAMES) -> Sequences:
    """Sequences of the events as they come, with all optional columns."""

    def column(field: str) -> np.ndarray:
        return np.array([getattr(e, field) for e in events], dtype=np.int64)

    return Sequences.from_arrays(
        person=column("person"),
        time_us=column("time"),
        code=column("code"),
        names=names,
        attributes=Attributes(
            channel=column("channel"),
            channels=CHANNELS,
            source=column("source"),
            flags=column("flags"),
        ),
    )


def in_chunks(events: list[Happened], pieces: int, moved: frozenset[int]) -> Sequences:
    """The same events as base chunks by person, where `moved` people lie in an overlay chunk.

    The base still holds a stale part of the moved people, masked by `skip`.
    """
    chunks: list[SortedChunk] = []
    for piece in range(pieces):
        base = [e for e in events if e.person % pieces == piece]
        stale = [e for i, e in enumerate(base) if e.person not in moved or i % 2 == 0]
        chunk = sequences(stale).chunks[0]
        people = chunk.person[chunk.starts[:-1]].tolist()
        chunks.append(replace(chunk, skip=np.array([p in moved for p in people], dtype=bool)))
    overlay = [e for e in events if e.person in moved]
    chunks.append(sequences(overlay).chunks[0])
    return Sequences.from_chunks(chunks, names=NAMES, channels=CHANNELS)


def counts(event: Happened, filters: Filters) -> bool:
    name = NAMES[event.code]
    return (
        (filters.from_us is None or event.time >= filters.from_us)
        and (filters.to_us is None or event.time < filters.to_us)
        and (filters.include is None or name in filters.include)
        and name not in filters.exclude
        and (filters.channels is None or CHANNELS[event.channel] in filters.channels)
        and (filters.sources is None or event.source in filters.sources)
        and (filters.technical or not event.flags & Flag.TECHNICAL)
        and (filters.derived or not event.flags & Flag.DERIVED)
    )


def paths(events: list[Happened], filters: Filters) -> dict[int, list[Happened]]:
    """Each person's events that count, in order; people without any are left out."""
    found: dict[int, list[Happened]] = defaultdict(list)
    for event in events:
        if counts(event, filters):
            found[event.person].append(event)
    return {who: sorted(path, key=lambda e: e.time) for who, path in found.items()}


def transitions(
    events: list[Happened], filters: Filters
) -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """(person, duration, arrival) of every transition, by edge."""
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for who, path in paths(events, filters).items():
        for a, b in pairwise(path):
            edge = NAMES[a.code], NAMES[b.code]
            found[edge].append((who, b.time - a.time, b.time))
    return dict(found)


def variant_of(path: list[Happened], *, collapse: bool, max_length: int | None) -> tuple[str, ...]:
    """The names of one person's events, as variants tell them."""
    names = [NAMES[e.code] for e in path]
    if collapse:
        names = [n for i, n in enumerate(names) if i == 0 or names[i - 1] != n]
    if max_length is not None and len(names) > max_length:
        names = [*names[:max_length], CUT]
    return tuple(names)


def variant_counts(
    events: list[Happened], filters: Filters, *, collapse: bool, max_length: int | None
) -> Counter[tuple[str, ...]]:
    rules = {"collapse": collapse, "max_length": max_length}
    return Counter(variant_of(path, **rules) for path in paths(events, filters).values())
