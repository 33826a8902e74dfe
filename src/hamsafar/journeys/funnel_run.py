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

BLOCK = 1 << 21
"""Rows that are written together."""

Walk = Callable[[Events, Found], tuple[int, int, int, int]]


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
    walk = (_quick if plan.step_of is not None else _general)(piece, plan, longest)
    parts, newest = [], NEVER
    while events.lo < events.hi:
        out = _found(events.hi - events.lo, longest, plan, is_split=is_split)
        following, rows, cells, seen = walk(events, out)
        parts.append(_units(piece, out, (rows, cells), split if is_split else None))
        newest = max(newest, seen)
        events = events._replace(lo=following)
    return Ran(joined(parts), newest)


def _found(people: int, longest: int, plan: Plan, *, is_split: bool) -> Found:
    """Return room for a block of people, or at least for one of them.

    It is kept as it is written, and what is never written never takes memory.
    """
    most = 1 if plan.rules.unit == PEOPLE else longest + 1
    rows = max(min(people, BLOCK), most)
    cells = max(rows, most) * min(plan.rules.size, 4) + most * plan.rules.size
    return Found(
        person=np.empty(rows, np.int64),
        who=np.empty(rows, np.uint32),
        length=np.empty(rows, np.uint8),
        state=np.zeros(rows, np.uint8),
        until=np.empty(rows, np.int64),
        time=np.empty(cells, np.int64),
        at=np.empty(cells if is_split else 0, np.int64),
    )


def _quick(piece: Piece, plan: Plan, longest: int) -> Walk:
    rules = plan.rules
    limits = Limits(rules.top, rules.window, rules.from_us, rules.to_us, rules.is_dated)
    room = np.empty(longest, np.uint64), np.empty(rules.top + 1, np.int64), piece.chunk.person
    sieve, walk = piece.shard.sieve, funnel_kernels().walk
    return lambda events, out: walk(events, sieve, plan.step_of, limits, room, out)


def _general(piece: Piece, plan: Plan, longest: int) -> Walk:
    look = piece.shard.sieve, piece.marks, piece.keep
    work = np.empty((EVENT_ROWS, longest), np.int64), _levels(plan), plan.rules
    chunk = piece.chunk

    def walk(events: Events, out: Found) -> tuple[int, int, int, int]:
        person, rows, cells, newest = funnel_walk_kernels().walk_all(events, look, work, out)
        out.who[:rows] = chunk.person[chunk.starts[out.person[:rows]]]
        return person, rows, cells, newest

    return walk


def _levels(plan: Plan) -> Table:
    width = max(plan.rules.size + 2, plan.rules.bans, 4)
    levels = np.zeros((CHAINS + plan.rules.size + 2, width), np.int64)
    for row, numbers in plan.lists.items():
        levels[row, : len(numbers)] = numbers
    return levels


def _units(piece: Piece, out: Found, written: tuple[int, int], split: Split | None) -> Units:
    """Return what was written of a block."""
    rows, cells = written
    length = out.length[:rows]
    told = out.person[:rows], length, out.at[:cells]
    return Units(
        person=out.who[:rows],
        length=length,
        state=out.state[:rows],
        until=out.until[:rows],
        time=out.time[:cells],
        value=values_of(split, piece.shard.chunk, told),
    )
