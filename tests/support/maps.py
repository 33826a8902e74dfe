"""Maps walked the slow and obvious way, and random maps and events to walk them with."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count

import numpy as np
from hypothesis import strategies as st

from hamsafar.maps.alignment import Texts
from hamsafar.maps.automaton import EXTRA, SKIP, WRONG
from hamsafar.maps.types import (
    AnyOrder,
    Block,
    Choice,
    InOrder,
    JourneyMap,
    Loop,
    Maybe,
    Stage,
    Touchpoint,
    Words,
)

Seen = tuple[int, int]
"""Of one event: bits of the touchpoints it may be, and of those in a wrong channel."""


@dataclass(frozen=True)
class Done:
    """Nothing is left of a block."""


@dataclass(frozen=True)
class Seq:
    """What is left of blocks in order."""

    of: tuple[object, ...]


@dataclass(frozen=True)
class Par:
    """What is left of blocks in any order."""

    of: tuple[object, ...]


DONE = Done()


def moves(left: object, number: dict[str, int]) -> list[tuple[int | None, object]]:
    """Return (touchpoint or None for a free move, what is left then): plain process algebra."""
    match left:
        case Done():
            return []
        case Touchpoint():
            return [(number[left.id], DONE)]
        case InOrder():
            return [(None, seq(*left.of))]
        case Seq():
            head, rest = left.of[0], left.of[1:]
            return [(t, seq(after, *rest)) for t, after in moves(head, number)]
        case Choice():
            return [(None, part) for part in left.of]
        case Maybe():
            return [(None, DONE), (None, seq(*left.of))]
        case Loop(min=0, max=0):
            return [(None, DONE)]
        case Loop():
            least = max(left.min - 1, 0)
            most = None if left.max is None else left.max - 1
            again = seq(*left.of, Loop(of=left.of, min=least, max=most))
            return [(None, again)] + ([(None, DONE)] if left.min == 0 else [])
        case AnyOrder():
            return [(None, par(*left.of))]
        case Par():
            return [
                (t, par(*left.of[:i], after, *left.of[i + 1 :]))
                for i, part in enumerate(left.of)
                for t, after in moves(part, number)
            ]
    raise AssertionError(left)


def seq(*parts: object) -> object:
    kept = tuple(part for part in parts if part != DONE)
    return DONE if not kept else kept[0] if len(kept) == 1 else Seq(kept)


def par(*parts: object) -> object:
    kept = tuple(part for part in parts if part != DONE)
    return DONE if not kept else Par(kept)


def cheapest(journey: JourneyMap, events: list[Seen], number: dict[str, int]) -> int:
    """Return the least cost by Dijkstra on the product of the map's process and the events."""
    start = seq(*(block for stage in journey.stages for block in stage.of))
    ticket = count()
    queue: list[tuple[int, int, int, object]] = [(0, next(ticket), 0, start)]
    known: set[tuple[int, object]] = set()
    while queue:
        cost, _, at, left = heapq.heappop(queue)
        if (at, left) in known:
            continue
        known.add((at, left))
        if left == DONE and at == len(events):
            return cost

        def go(extra: int, at: int, left: object, cost: int = cost) -> None:
            heapq.heappush(queue, (cost + extra, next(ticket), at, left))

        if at < len(events):
            go(EXTRA, at + 1, left)
        for touch, after in moves(left, number):
            if touch is None:
                go(0, at, after)
                continue
            go(SKIP, at, after)
            if at < len(events) and events[at][0] >> touch & 1:
                go(WRONG if events[at][1] >> touch & 1 else 0, at + 1, after)
    raise AssertionError("a map always has an end")


def texts_of(variants: list[list[Seen]]) -> Texts:
    lengths = [len(variant) for variant in variants]
    flat = [seen for variant in variants for seen in variant]
    return Texts(
        starts=np.cumsum([0, *lengths]).astype(np.int64),
        match=np.array([m for m, _ in flat], np.uint64),
        wrong=np.array([w for _, w in flat], np.uint64),
    )


@st.composite
def journeys(draw: st.DrawFn, most: int = 7) -> JourneyMap:
    """A random sound map of up to `most` touchpoints; each has an event of its own name."""
    left = [most]

    def touchpoint() -> Touchpoint:
        left[0] -= 1
        place = most - left[0]
        return Touchpoint(id=f"t{place}", events=(f"E{place}",))

    def block(depth: int) -> Block:
        kinds = (
            ["touchpoint"]
            if depth == 0 or left[0] < 2
            else [
                "touchpoint",
                "sequence",
                "any_order",
                "choice",
                "optional",
                "loop",
            ]
        )
        kind = draw(st.sampled_from(kinds))
        if kind == "touchpoint":
            return touchpoint()
        least = 2 if kind in {"any_order", "choice"} else 1
        parts = tuple(block(depth - 1) for _ in range(draw(st.integers(least, 3))) if left[0] > 0)
        if len(parts) < least:
            return parts[0] if parts else touchpoint()
        match kind:
            case "sequence":
                return InOrder(of=parts)
            case "any_order":
                return AnyOrder(of=parts)
            case "choice":
                return Choice(of=parts)
            case "optional":
                return Maybe(of=parts)
        low = draw(st.integers(0, 2))
        return Loop(of=parts, min=low, max=draw(st.none() | st.integers(max(low, 1), 3)))

    steps = [block(3)]
    while left[0] > 0 and draw(st.booleans()):
        steps.append(block(3))
    return JourneyMap(
        id="random", name=Words(en="Random"), stages=(Stage(id="s", of=tuple(steps)),)
    )
