"""Running a funnel over one piece: kernels write a block at a time, so memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hamsafar.journeys.funnel_plan import Piece, Plan
from hamsafar.journeys.funnel_result import joined
from hamsafar.journeys.funnel_split import Split, values_of
from hamsafar.journeys.funnel_types import Attribution
from hamsafar.journeys.funnel_work import (
    CHAINS,
    EVENT_ROWS,
    NEVER,
    PEOPLE,
    Found,
    Limits,
    Table,
    Units,
)
from hamsafar.journeys.kernels import funnel_kernels, funnel_walk_kernels
from hamsafar.journeys.shards import Events

BLOCK = 1 << 16
"""Rows written before they are copied out."""

Walk = Callable[[Events], tuple[int, int, int, int]]


class Ran(NamedTuple):
    """What one piece gave: the units that entered, and the time of its newest event."""

    units: Units
    newest_us: int


def run_piece(piece: Piece, *, plan: Plan, split: Split | None = None) -> Ran:
    """Return every unit of a piece that entered; pure, so any machine may run it."""
    events = piece.shard.events
    if events.lo >= events.hi:
        return Ran(joined([]), NEVER)
    longest = int(np.diff(events.starts[events.lo : events.hi + 1]).max())
    is_split = split is not None and split.attribution is not Attribution.ALL_EVENTS
    out = _found(longest, plan, is_split=is_split)
    if plan.step_of is None:
        walk = _general(piece, plan, longest, out)
    else:
        walk = _quick(piece, plan, longest, out)
    parts, newest = [], NEVER
    while events.lo < events.hi:
        following, rows, cells, seen = walk(events)
        parts.append(_units(piece, out, (rows, cells), split if is_split else None))
        newest = max(newest, seen)
        events = events._replace(lo=following)
    return Ran(joined(parts), newest)


def _found(longest: int, plan: Plan, *, is_split: bool) -> Found:
    """Return room for a block of people, or at least for one of them."""
    most = 1 if plan.rules.unit == PEOPLE else longest + 1
    rows = max(BLOCK, most)
    cells = max(BLOCK, most * plan.rules.size)
    return Found(
        person=np.empty(rows, np.int64),
        length=np.empty(rows, np.uint8),
        state=np.zeros(rows, np.uint8),
        until=np.empty(rows, np.int64),
        time=np.empty(cells, np.int64),
        at=np.empty(cells if is_split else 0, np.int64),
    )


def _quick(piece: Piece, plan: Plan, longest: int, out: Found) -> Walk:
    rules = plan.rules
    limits = Limits(rules.top, rules.window, rules.from_us, rules.to_us)
    room = np.empty(longest, np.uint64), np.empty(rules.top + 1, np.int64)
    sieve, walk = piece.shard.sieve, funnel_kernels().walk
    return lambda events: walk(events, sieve, plan.step_of, limits, room, out)


def _general(piece: Piece, plan: Plan, longest: int, out: Found) -> Walk:
    look = piece.shard.sieve, piece.marks, piece.keep
    work = np.empty((EVENT_ROWS, longest), np.int64), _levels(plan), plan.rules
    walk = funnel_walk_kernels().walk_all
    return lambda events: walk(events, look, work, out)


def _levels(plan: Plan) -> Table:
    width = max(plan.rules.size + 2, plan.rules.bans, 4)
    levels = np.zeros((CHAINS + plan.rules.size + 2, width), np.int64)
    for row, numbers in plan.lists.items():
        levels[row, : len(numbers)] = numbers
    return levels


def _units(piece: Piece, out: Found, written: tuple[int, int], split: Split | None) -> Units:
    """Return a block with person ids in place of places."""
    rows, cells = written
    chunk = piece.chunk
    person, length = out.person[:rows], out.length[:rows].copy()
    return Units(
        person=chunk.person[chunk.starts[person]],
        length=length,
        state=out.state[:rows].copy(),
        until=out.until[:rows].copy(),
        time=out.time[:cells].copy(),
        value=values_of(split, piece.shard.chunk, (person, length, out.at[:cells])),
    )
