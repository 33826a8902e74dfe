"""Running a funnel over one piece: kernels write a block at a time, so memory stays bounded."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys.funnel_plan import Piece, Plan
from hamsafar.journeys.funnel_result import joined
from hamsafar.journeys.funnel_work import ABSENT, NEVER, Found, Room, Units
from hamsafar.journeys.kernels import funnel_kernels

BLOCK = 1 << 16
"""Rows written before they are copied out."""


def run_piece(piece: Piece, *, plan: Plan) -> Units:
    """Return everybody of a piece who entered; pure, so any machine may run it."""
    events = piece.shard.events
    if events.lo >= events.hi:
        return joined([])
    longest = int(np.diff(events.starts[events.lo : events.hi + 1]).max())
    room = _room(longest, plan.limits.top)
    out = _found(BLOCK, BLOCK + plan.limits.top)
    parts = []
    while events.lo < events.hi:
        following, rows, cells = funnel_kernels().walk(
            events, piece.shard.sieve, plan.step_of, plan.limits, room, out
        )
        parts.append(_units(piece, out, rows, cells))
        events = events._replace(lo=following)
    return joined(parts)


def _room(longest: int, top: int) -> Room:
    return Room(
        at=np.empty(longest, np.int64),
        word=np.empty(longest, np.int64),
        start=np.empty(top + 1, np.int64),
        chain=np.empty(top + 1, np.int64),
    )


def _found(rows: int, cells: int) -> Found:
    return Found(
        person=np.empty(rows, np.int64),
        length=np.empty(rows, np.uint8),
        state=np.empty(rows, np.uint8),
        at=np.empty(cells, np.int64),
    )


def _units(piece: Piece, out: Found, rows: int, cells: int) -> Units:
    """Return a block with person ids and times in place of places and events."""
    chunk = piece.chunk
    at = out.at[:cells]
    time = np.where(at == ABSENT, NEVER, chunk.time[at])
    return Units(
        person=chunk.person[chunk.starts[out.person[:rows]]],
        length=out.length[:rows].copy(),
        state=out.state[:rows].copy(),
        time=time,
        value=np.zeros(0, np.uint32),
    )
