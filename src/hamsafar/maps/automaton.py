"""A map as automata: what alignment walks through.

One automaton for the whole map, and one for each part of an any-order block. Its states are
numbered over all automata; in it one moves

- along a *touch* edge by an event that is the touchpoint, or by skipping it;
- along a *free* edge without anything (a choice, the way past an optional part, the way back);
- along a *fork* edge through a whole any-order block.

Parts of an any-order block share no events, so how a stretch of events fits such a block is the sum
of how it fits each part, each part looking only at its own events. That is why n parts cost n
automata, not the 2ⁿ sets of parts already done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from hamsafar.maps.errors import BadMap
from hamsafar.maps.types import (
    AnyOrder,
    Block,
    Choice,
    InOrder,
    JourneyMap,
    Loop,
    Maybe,
    Touchpoint,
)
from hamsafar.maps.walk import touchpoints_in, touchpoints_of
from hamsafar.storage.types import I64, U64

SKIP = 4
"""Cost of a step of the map left out."""
EXTRA = 4
"""Cost of an event the map has no place for."""
WRONG = 1
"""Cost of a touchpoint in a channel the map does not allow."""
FAR = 1 << 28
"""More than any cost."""
MAX_STATES = 400
_FINE = 1 << 12

Edge = tuple[int, int, int]
"""From state, to state, and what is passed."""


class Machine(NamedTuple):
    """All automata of a map as arrays; number 0 is the whole map.

    Attributes:
        lo, hi: i64[a], the states of an automaton.
        start, final: i64[a].
        context: u64[a], touchpoints (bits) whose events it sees; others pass it by.
        block: i64[a], of the any-order block it is a part of; -1 for the whole map.
        simple: i64[a], its one touchpoint when it is nothing else, else -1.
        touch: i64[e, 3], edges (from, to, touchpoint), sorted by automaton; `touch_lo[a]` …
            `touch_lo[a + 1]` are those of one.
        fork: i64[f, 3], edges (from, to, any-order block); as `touch`.
        parts: i64[b, 2], automata of a block, from and to; outer blocks before inner ones.
        alphabet: u64[b], touchpoints in a block.
        owner: i64[b], automaton the block stands in.
        skip: i64[s, width], least cost from a state to each of its automaton without an event.
        hop: i64[s, width], first edge on that way: touch edges from 0, fork edges after them, then
            free edges; -1: already there.
        hop_to: i64[s, width], state it leads to, counted within the automaton, as columns are.
        free_from: number of the first free edge.
    """

    lo: I64
    hi: I64
    start: I64
    final: I64
    context: U64
    block: I64
    simple: I64
    touch: I64
    touch_lo: I64
    fork: I64
    fork_lo: I64
    parts: I64
    alphabet: U64
    owner: I64
    skip: I64
    hop: I64
    hop_to: I64
    free_from: int


@dataclass(slots=True)
class _Draft:
    """One automaton while it is drawn."""

    context: int
    block: int
    simple: int
    states: int = 0
    final: int = 0
    touch: list[Edge] = field(default_factory=list)
    fork: list[Edge] = field(default_factory=list)
    free: list[tuple[int, int]] = field(default_factory=list)

    def state(self) -> int:
        """Return a new state."""
        self.states += 1
        return self.states - 1


class _Drawing:
    """Draws the automata of a map."""

    def __init__(self, journey: JourneyMap) -> None:
        self.number = {one.id: at for at, one in enumerate(touchpoints_of(journey))}
        self.drafts: list[_Draft] = []
        self.parts: list[tuple[int, int]] = []
        self.alphabets: list[int] = []
        self.owners: list[int] = []
        everything = (1 << len(self.number)) - 1
        steps = tuple(block for stage in journey.stages for block in stage.of)
        self._automaton(InOrder(of=steps), everything, -1)

    def _automaton(self, block: Block, context: int, of: int) -> int:
        simple = self.number[block.id] if isinstance(block, Touchpoint) else -1
        draft = _Draft(context=context, block=of, simple=simple)
        number = len(self.drafts)
        self.drafts.append(draft)
        draft.final = self._draw(block, number, draft.state())
        return number

    def _draw(self, block: Block, number: int, at: int) -> int:
        """Draw a block from a state on; return the state after it."""
        draft = self.drafts[number]
        if sum(d.states for d in self.drafts) > MAX_STATES:
            message = "loops in loops repeat too much; leave `max` empty or make it smaller"
            raise BadMap(message, where="stages")
        match block:
            case Touchpoint():
                after = draft.state()
                draft.touch.append((at, after, self.number[block.id]))
                return after
            case InOrder():
                return self._in_order(block.of, number, at)
            case Maybe():
                return self._bypassed(block.of, number, at)
            case Choice():
                after = draft.state()
                for part in block.of:
                    draft.free.append((self._draw(part, number, at), after))
                return after
            case Loop():
                return self._loop(block, number, at)
            case AnyOrder():
                return self._fork(block, number, at)

    def _in_order(self, steps: tuple[Block, ...], number: int, at: int) -> int:
        for step in steps:
            at = self._draw(step, number, at)
        return at

    def _bypassed(self, steps: tuple[Block, ...], number: int, at: int) -> int:
        draft = self.drafts[number]
        # A state of its own: a loop inside may lead back to where it began.
        inner = draft.state()
        draft.free.append((at, inner))
        end = self._in_order(steps, number, inner)
        after = draft.state()
        draft.free += [(end, after), (at, after)]
        return after

    def _loop(self, block: Loop, number: int, at: int) -> int:
        draft = self.drafts[number]
        for _ in range(block.min):
            at = self._in_order(block.of, number, at)
        if block.max is not None:
            for _ in range(block.max - block.min):
                at = self._bypassed(block.of, number, at)
            return at
        head, after = draft.state(), draft.state()
        draft.free.append((at, head))
        end = self._in_order(block.of, number, head)
        draft.free += [(end, head), (head, after)]
        return after

    def _fork(self, block: AnyOrder, number: int, at: int) -> int:
        alphabets = [self._bits(part) for part in block.of]
        place = len(self.parts)
        self.parts.append((0, 0))
        self.alphabets.append(sum(alphabets))
        self.owners.append(number)
        # Parts first get their numbers side by side, then what stands in them is drawn.
        first = len(self.drafts)
        for part, context in zip(block.of, alphabets, strict=True):
            simple = self.number[part.id] if isinstance(part, Touchpoint) else -1
            self.drafts.append(_Draft(context=context, block=place, simple=simple))
        self.parts[place] = (first, len(self.drafts))
        for offset, part in enumerate(block.of):
            draft = self.drafts[first + offset]
            draft.final = self._draw(part, first + offset, draft.state())
        after = self.drafts[number].state()
        self.drafts[number].fork.append((at, after, place))
        return after

    def _bits(self, block: Block) -> int:
        return sum(1 << self.number[one.id] for one in touchpoints_in(block))


def machine_of(journey: JourneyMap) -> Machine:
    """Return the automata of a map.

    Raises:
        BadMap: repeated parts make more than `MAX_STATES` states.
    """
    drawing = _Drawing(journey)
    drafts = drawing.drafts
    lo = np.cumsum([0] + [draft.states for draft in drafts])
    touch = [(lo[a] + u, lo[a] + v, t) for a, d in enumerate(drafts) for u, v, t in d.touch]
    fork = [(lo[a] + u, lo[a] + v, b) for a, d in enumerate(drafts) for u, v, b in d.fork]
    ways = _ways(drawing, lo, len(touch), len(fork))
    return Machine(
        lo=lo[:-1].astype(np.int64),
        hi=lo[1:].astype(np.int64),
        start=lo[:-1].astype(np.int64),
        final=np.array([lo[a] + d.final for a, d in enumerate(drafts)], np.int64),
        context=np.array([d.context for d in drafts], np.uint64),
        block=np.array([d.block for d in drafts], np.int64),
        simple=np.array([d.simple for d in drafts], np.int64),
        touch=np.array(touch, np.int64).reshape(-1, 3),
        touch_lo=np.cumsum([0] + [len(d.touch) for d in drafts]),
        fork=np.array(fork, np.int64).reshape(-1, 3),
        fork_lo=np.cumsum([0] + [len(d.fork) for d in drafts]),
        parts=np.array(drawing.parts, np.int64).reshape(-1, 2),
        alphabet=np.array(drawing.alphabets, np.uint64),
        owner=np.array(drawing.owners, np.int64),
        skip=ways[0],
        hop=ways[1],
        hop_to=ways[2],
        free_from=len(touch) + len(fork),
    )


def _ways(drawing: _Drawing, lo: I64, touches: int, forks: int) -> tuple[I64, I64, I64]:
    """Return `skip`, `hop` and `hop_to`; inner automata first, as a fork costs what its parts do.

    Source: Floyd, Algorithm 97: Shortest path, CACM 5 (1962); Warshall, JACM 9 (1962).
    """
    drafts = drawing.drafts
    width = max(draft.states for draft in drafts)
    skip = np.full((int(lo[-1]), width), FAR, np.int64)
    hop, hop_to = np.full_like(skip, -1), np.full_like(skip, -1)
    touch_lo = np.cumsum([0] + [len(d.touch) for d in drafts])
    fork_lo = np.cumsum([0] + [len(d.fork) for d in drafts])
    free_lo = np.cumsum([0] + [len(d.free) for d in drafts])
    # A part's number is above that of the automaton it stands in.
    for a in reversed(range(len(drafts))):
        draft = drafts[a]
        edges = [(u, v, SKIP, touch_lo[a] + e) for e, (u, v, _) in enumerate(draft.touch)]
        for e, (u, v, block) in enumerate(draft.fork):
            first, last = drawing.parts[block]
            cost = sum(int(skip[lo[p], drafts[p].final]) for p in range(first, last))
            edges.append((u, v, cost, touches + fork_lo[a] + e))
        free = touches + forks + free_lo[a]
        edges += [(u, v, 0, free + e) for e, (u, v) in enumerate(draft.free)]
        own = slice(int(lo[a]), int(lo[a]) + draft.states)
        found = _shortest(draft.states, edges)
        for whole, part in zip((skip, hop, hop_to), found, strict=True):
            whole[own, : draft.states] = part
    return skip, hop, hop_to


def _shortest(states: int, edges: list[tuple[int, int, int, int]]) -> tuple[I64, I64, I64]:
    skip = np.full((states, states), FAR * _FINE, np.int64)
    hop, hop_to = np.full_like(skip, -1), np.full_like(skip, -1)
    np.fill_diagonal(skip, 0)
    for u, v, cost, edge in edges:
        # Every edge costs a little, so that no way goes round in circles of free edges.
        if cost * _FINE + 1 < skip[u, v]:
            skip[u, v], hop[u, v], hop_to[u, v] = cost * _FINE + 1, edge, v
    for k in range(states):
        way = skip[:, k, None] + skip[None, k, :]
        better = way < skip
        skip = np.where(better, way, skip)
        hop = np.where(better, hop[:, k, None], hop)
        hop_to = np.where(better, hop_to[:, k, None], hop_to)
    return np.minimum(skip // _FINE, FAR), hop, hop_to
