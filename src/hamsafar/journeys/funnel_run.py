"""Running a funnel over one piece: kernels write a block at a time, so memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hamsafar.journeys.funnel_plan import Piece, Plan
from hamsafar.journeys.funnel_result import joined
from hamsafar.journeys.funnel_split import Split, values_of
from hamsafar.journeys.funnel_work import ABSENT, NEVER, PEOPLE, Found, Quick, Room, Units
from hamsafar.journeys.kernels import funnel_kernels, funnel_walk_kernels
from hamsafar.journeys.shards import Events

BLOCK = 1 << 16
"""Rows written before they are copied out."""

Walk = Callable[[Events], tuple[int, int, int]]


def run_piece(piece: Piece, *, plan: Plan, split: Split | None = None) -> Units:
    """Return every unit of a piece that entered; pure, so any machine may run it."""
    events = piece.shard.events
    if events.lo >= events.hi:
        return joined([])
    longest = int(np.diff(events.starts[events.lo : events.hi + 1]).max())
    rows = BLOCK if plan.rules.unit == PEOPLE else max(BLOCK, longest + 1)
    cells = rows * (plan.rules.size if rows > BLOCK else 1) + plan.rules.size * (longest + 1)
    if plan.rules.unit == PEOPLE:
        cells = BLOCK + plan.rules.size
    out = Found(
        person=np.empty(rows, np.int64),
        length=np.empty(rows, np.uint8),
        state=np.empty(rows, np.uint8),
        at=np.empty(cells, np.int64),
    )
    walk = (
        _quick(piece, plan, longest, out)
        if plan.step_of is not None
        else _general(piece, plan, longest, out)
    )
    parts = []
    while events.lo < events.hi:
        following, rows, cells = walk(events)
        parts.append(_units(piece, out, rows, cells, split))
        events = events._replace(lo=following)
    return joined(parts)


def _quick(piece: Piece, plan: Plan, longest: int, out: Found) -> Walk:
    top = plan.limits.top
    room = Quick(
        at=np.empty(longest, np.int64),
        word=np.empty(longest, np.int64),
        start=np.empty(top + 1, np.int64),
        chain=np.empty(top + 1, np.int64),
    )
    sieve, walk = piece.shard.sieve, funnel_kernels().walk
    return lambda events: walk(events, sieve, plan.step_of, plan.limits, room, out)


def _general(piece: Piece, plan: Plan, longest: int, out: Found) -> Walk:
    size = plan.rules.size

    def events() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.empty(longest, np.int64)

    def levels() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.empty(size + 2, np.int64)

    room = Room(
        at=events(),
        word=events(),
        time=events(),
        owner=events(),
        source=events(),
        start=levels(),
        following=levels(),
        early=levels(),
        early_at=levels(),
        spot=levels(),
        queue=levels(),
        chains=np.empty((size + 2, size + 1), np.int64),
        chain=levels(),
        best=np.zeros(4, np.int64),
    )
    look = piece.shard.sieve, piece.marks, piece.keep
    work = room, plan.rules, plan.limits
    walk = funnel_walk_kernels().walk_all
    return lambda events: walk(events, look, work, out)


def _units(piece: Piece, out: Found, rows: int, cells: int, split: Split | None) -> Units:
    """Return a block with person ids and times in place of places and events."""
    chunk = piece.chunk
    at = out.at[:cells]
    person = out.person[:rows]
    length = out.length[:rows].copy()
    return Units(
        person=chunk.person[chunk.starts[person]],
        length=length,
        state=out.state[:rows].copy(),
        time=np.where(at == ABSENT, NEVER, chunk.time[at]),
        value=values_of(split, piece.shard.chunk, (person, length, at)),
    )
