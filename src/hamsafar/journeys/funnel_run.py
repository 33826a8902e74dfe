"""Running a funnel over one piece: kernels write a block at a time, so memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hamsafar.journeys.filters import open_sieve
from hamsafar.journeys.funnel_plan import Piece, Plan
from hamsafar.journeys.funnel_result import joined
from hamsafar.journeys.funnel_split import Split, values_of
from hamsafar.journeys.funnel_types import Attribution
from hamsafar.journeys.funnel_work import (
    ABSENT,
    CELLS,
    CHAINS,
    EVENT_ROWS,
    LENGTH,
    NEVER,
    PEOPLE,
    PERSON,
    STATE,
    UNIT_ROWS,
    UNTIL,
    Found,
    Limits,
    Table,
    Units,
)
from hamsafar.journeys.kernels import funnel_kernels, funnel_walk_kernels
from hamsafar.journeys.shards import Events

BLOCK = 1 << 21
"""Rows that are written together."""

Walk = Callable[[Events], tuple[int, Found, int]]
"""Returns the next person, what was written, and the newest time."""


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
    size = _size(events.hi - events.lo, longest, plan)
    if plan.step_of is None:
        walk = _general(piece, plan, longest, size)
    else:
        walk = _quick(piece, plan, longest, (*size, size[1] if is_split else 0))
    parts, newest = [], NEVER
    while events.lo < events.hi:
        following, out, seen = walk(events)
        parts.append(_units(piece, out, split if is_split else None))
        newest = max(newest, seen)
        events = events._replace(lo=following)
    return Ran(joined(parts), newest)


def _size(people: int, longest: int, plan: Plan) -> tuple[int, int]:
    """Return rows and cells for a block of people, or at least for one of them.

    A block is kept as it is written, and what is never written never takes memory.
    """
    most = 1 if plan.rules.unit == PEOPLE else longest + 1
    rows = max(min(people, BLOCK), most)
    return rows, rows * min(plan.rules.size, 4) + most * plan.rules.size


def _quick(piece: Piece, plan: Plan, longest: int, size: tuple[int, int, int]) -> Walk:
    rules, kernel = plan.rules, funnel_kernels().walk
    limits = Limits(rules.top, rules.window, rules.from_us, rules.to_us, rules.is_dated)
    room = np.empty(longest, np.uint64), np.empty(rules.top + 1, np.int64), piece.chunk.person
    sieve, state = piece.shard.sieve, np.zeros(size[0], np.uint8)

    def walk(events: Events) -> tuple[int, Found, int]:
        out = Found(
            person=np.empty(size[0], np.int64),
            who=np.empty(size[0], np.uint32),
            length=np.empty(size[0], np.uint8),
            state=state,
            until=np.empty(size[0], np.int64),
            time=np.empty(size[1], np.int64),
            at=np.empty(size[2], np.int64),
        )
        following, rows, cells, newest = kernel(events, sieve, plan.step_of, limits, room, out)
        told = Found(
            person=out.person[:rows],
            who=out.who[:rows],
            length=out.length[:rows],
            state=out.state[:rows],
            until=out.until[:rows],
            time=out.time[:cells],
            at=out.at[:cells],
        )
        return following, told, newest

    return walk


def _general(piece: Piece, plan: Plan, longest: int, size: tuple[int, int]) -> Walk:
    sieve = piece.shard.sieve or open_sieve(piece.chunk, len(piece.marks.by_code))
    look = sieve, piece.marks, piece.keep
    room = np.empty((EVENT_ROWS, longest), np.int64), _levels(plan)
    chunk, kernel = piece.chunk, funnel_walk_kernels().walk_all

    def walk(events: Events) -> tuple[int, Found, int]:
        out = np.empty((UNIT_ROWS, size[0]), np.int64), np.empty(size[1], np.int64)
        following, rows, cells, newest = kernel(events, look, room, plan.rules, out)
        units, at = out[0][:, :rows], out[1][:cells]
        told = Found(
            person=units[PERSON],
            who=chunk.person[chunk.starts[units[PERSON]]],
            length=units[LENGTH].astype(np.uint8),
            state=units[STATE].astype(np.uint8),
            until=units[UNTIL],
            time=np.where(at == ABSENT, NEVER, chunk.time[at]),
            at=at,
        )
        return following, told, newest

    return walk


def _levels(plan: Plan) -> Table:
    width = max(plan.rules.size + 2, plan.rules.bans, CELLS + 1)
    levels = np.zeros((CHAINS + plan.rules.size + 2, width), np.int64)
    for row, numbers in plan.lists.items():
        levels[row, : len(numbers)] = numbers
    return levels


def _units(piece: Piece, out: Found, split: Split | None) -> Units:
    """Return what was written of a block."""
    told = out.person, out.length, out.at
    return Units(
        person=out.who,
        length=out.length,
        state=out.state,
        until=out.until,
        time=out.time,
        value=values_of(split, piece.shard.chunk, told),
    )
