"""Kernel of alignment: the cheapest way each variant fits the automata of a map.

`cost[i, s]` is the least cost to have used the events before `i` and to stand in state `s`. From
there one skips steps of the map (the table `skip` knows the cheapest way between any two states),
takes event `i` as a touchpoint, leaves it over, or goes through a whole any-order block with the
events `i` to `j`, whose cost `gap[block, i, j]` is known from its parts.

Source: the product of log and model of Adriansyah, "Aligning Observed and Modeled Behavior" (2014),
walked by dynamic programming over the events instead of A*; any-order blocks by adding up the parts'
costs, which is exact as parts share no events.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hamsafar.kernel.jit import compiled
from hamsafar.maps.automaton import EXTRA, FAR, WRONG, Machine
from hamsafar.storage.types import I64, U64

I32 = NDArray[np.int32]

LEFT_OVER = -1
PASSED_BY = -2
_ONE = np.uint64(1)
_NOTHING = np.uint64(0)


class Text(NamedTuple):
    """One variant: bits of the touchpoints each event may be, and of those it may not be there."""

    match: U64
    wrong: U64


class Scratch(NamedTuple):
    """Room to work in, for variants of up to n events.

    Attributes:
        cost: i32[n + 1, width].
        back: i32[n + 1, width, 3]: edge (touch edges from 0, then forks) or `LEFT_OVER`,
            `PASSED_BY`; the state before; the events used before.
        gap: i32[blocks, n + 1, n + 1].
    """

    cost: I32
    back: NDArray[np.int32]
    gap: NDArray[np.int32]


@compiled
def nearest(machine: Machine, low: int, size: int, costs: I32, goal: int) -> tuple[int, int]:
    """Return the least cost to stand in a state of an automaton, and from which state one goes."""
    best, at = FAR, 0
    for s in range(size):
        if costs[s] < best:
            way = costs[s] + machine.skip[low + s, goal]
            if way < best:
                best, at = way, s
    return best, at


@compiled
def forward(machine: Machine, a: int, text: Text, span: tuple[int, int], room: Scratch) -> None:
    """Fill `room` for an automaton over the events of a span."""
    first, last = span
    low = machine.lo[a]
    size = machine.hi[a] - low
    cost, back = room.cost, room.back
    for i in range(first, last + 1):
        for s in range(size):
            cost[i, s] = FAR
    cost[first, 0] = 0
    for i in range(first, last):
        go_through(machine, a, i, last, room)
        seen = text.match[i] & machine.context[a]
        word = PASSED_BY if seen == _NOTHING else LEFT_OVER
        left = 0 if seen == _NOTHING else EXTRA
        for s in range(size):
            if cost[i, s] + left < cost[i + 1, s]:
                cost[i + 1, s] = cost[i, s] + left
                back[i + 1, s, 0], back[i + 1, s, 1], back[i + 1, s, 2] = word, s, i
        if seen != _NOTHING:
            use(machine, a, i, (seen, text.wrong[i]), room)


@compiled
def go_through(machine: Machine, a: int, i: int, last: int, room: Scratch) -> None:
    """Go through every any-order block of an automaton with the events from `i` on."""
    low = machine.lo[a]
    size = machine.hi[a] - low
    cost, back = room.cost, room.back
    for f in range(machine.fork_lo[a], machine.fork_lo[a + 1]):
        best, s = nearest(machine, low, size, cost[i], machine.fork[f, 0] - low)
        to = machine.fork[f, 1] - low
        gap = room.gap[machine.fork[f, 2], i]
        for j in range(i + 1, last + 1):
            if best + gap[j] < cost[j, to]:
                cost[j, to] = best + gap[j]
                back[j, to, 0], back[j, to, 1], back[j, to, 2] = len(machine.touch) + f, s, i


@compiled
def use(machine: Machine, a: int, i: int, bits: tuple[np.uint64, np.uint64], room: Scratch) -> None:
    """Use event `i` as each touchpoint it may be; `bits` are those, and those in a wrong channel."""
    low = machine.lo[a]
    size = machine.hi[a] - low
    cost, back = room.cost, room.back
    for e in range(machine.touch_lo[a], machine.touch_lo[a + 1]):
        bit = _ONE << np.uint64(machine.touch[e, 2])
        if bits[0] & bit == _NOTHING:
            continue
        best, s = nearest(machine, low, size, cost[i], machine.touch[e, 0] - low)
        if bits[1] & bit != _NOTHING:
            best += WRONG
        to = machine.touch[e, 1] - low
        # Of equals the event is left over, so that of a repeated one the first is the step.
        if best < cost[i + 1, to]:
            cost[i + 1, to] = best
            back[i + 1, to, 0], back[i + 1, to, 1], back[i + 1, to, 2] = e, s, i


@compiled
def add_simple(machine: Machine, part: int, text: Text, first: int, gap: I32, last: int) -> None:
    """Add to `gap` what a part that is one touchpoint costs for every end of a span."""
    bit = _ONE << np.uint64(machine.simple[part])
    seen = 0
    is_right = False
    gap[first] += machine.skip[machine.start[part], machine.final[part] - machine.lo[part]]
    for j in range(first, last):
        if text.match[j] & bit != _NOTHING:
            seen += 1
            is_right = is_right or text.wrong[j] & bit == _NOTHING
        if seen == 0:
            gap[j + 1] += machine.skip[machine.start[part], machine.final[part] - machine.lo[part]]
        else:
            gap[j + 1] += (seen - 1) * EXTRA + (0 if is_right else WRONG)


@compiled
def fill_gaps(machine: Machine, text: Text, n: int, room: Scratch) -> None:
    """Fill `room.gap` for every any-order block and every span, inner blocks first."""
    for b in range(len(machine.parts) - 1, -1, -1):
        context = machine.context[machine.owner[b]] & ~machine.alphabet[b]
        for i in range(n + 1):
            gap = room.gap[b, i]
            gap[i] = 0
            for j in range(i, n):
                # What no part knows, but the automaton around the block does, is left over.
                foreign = text.match[j] & context != _NOTHING
                foreign = foreign and text.match[j] & machine.alphabet[b] == _NOTHING
                gap[j + 1] = gap[j] + (EXTRA if foreign else 0)
            for part in range(machine.parts[b, 0], machine.parts[b, 1]):
                if machine.simple[part] >= 0:
                    add_simple(machine, part, text, i, gap, n)
                    continue
                forward(machine, part, text, (i, n), room)
                low = machine.lo[part]
                size = machine.hi[part] - low
                for j in range(i, n + 1):
                    gap[j] += nearest(machine, low, size, room.cost[j], machine.final[part] - low)[
                        0
                    ]


@compiled
def align(
    machine: Machine,
    starts: I64,
    texts: Text,
    out: tuple[I64, I64],
) -> tuple[I64, I64, I64]:
    """Align every variant.

    Args:
        machine: the automata of the map.
        starts: i64[v + 1], where each variant begins in `texts`.
        texts: the events of all variants.
        out: i64[v] cost, i64[m] touchpoint of each event, -1 when it is left over.

    Returns:
        Of each skipped step the variant, the touchpoint, and the place (of the next event that was
        used) among the variant's events.
    """
    longest = 0
    for v in range(len(starts) - 1):
        longest = max(longest, starts[v + 1] - starts[v])
    width = machine.skip.shape[1]
    blocks = len(machine.parts)
    room = Scratch(
        np.empty((longest + 1, width), np.int32),
        np.empty((longest + 1, width, 3), np.int32),
        np.empty((blocks, longest + 1, longest + 1), np.int32),
    )
    skips = np.empty((3, 4096), np.int64)
    found = 0
    # Each block is gone through, or past, at most twice for every event.
    stack = np.empty((len(machine.lo) * 2 * (longest + 1) + 1, 3), np.int64)
    for v in range(len(starts) - 1):
        lo, hi = starts[v], starts[v + 1]
        text = Text(texts.match[lo:hi], texts.wrong[lo:hi])
        n = hi - lo
        if blocks:
            fill_gaps(machine, text, n, room)
        touch = out[1][lo:hi]
        touch[:] = -1
        stack[0, 0], stack[0, 1], stack[0, 2] = 0, 0, n
        depth = 1
        while depth:
            depth -= 1
            a, first, last = stack[depth, 0], stack[depth, 1], stack[depth, 2]
            # A way through one automaton skips each of its states at most once between two events.
            most = found + (last - first + 2) * (machine.hi[a] - machine.lo[a])
            if most > skips.shape[1]:
                larger = np.empty((3, most * 2), np.int64)
                larger[:, :found] = skips[:, :found]
                skips = larger
            forward(machine, a, text, (first, last), room)
            before = found
            least, found, depth = trace(
                machine, (a, first, last), room, touch, (skips, found), (stack, depth)
            )
            skips[0, before:found] = v
            if a == 0:
                out[0][v] = least
    return skips[0, :found].copy(), skips[1, :found].copy(), skips[2, :found].copy()


@compiled
def trace(
    machine: Machine,
    span: tuple[int, int, int],
    room: Scratch,
    touch: I64,
    skipping: tuple[NDArray[np.int64], int],
    stacking: tuple[NDArray[np.int64], int],
) -> tuple[int, int, int]:
    """Walk back from the end of a span and note what was used and skipped.

    Parts of any-order blocks on the way are put on the stack with their spans. Returns the cost,
    how many skips there are now, and how deep the stack is.
    """
    a, first, last = span
    skips, found = skipping
    stack, depth = stacking
    low = machine.lo[a]
    size = machine.hi[a] - low
    touches = len(machine.touch)
    goal = machine.final[a] - low
    least, s = nearest(machine, low, size, room.cost[last], goal)
    found, depth = skip_way(machine, (a, s, goal, last), (skips, found), (stack, depth))
    i = last
    while i > first:
        edge, origin, used = room.back[i, s, 0], room.back[i, s, 1], room.back[i, s, 2]
        if edge >= touches:
            fork = edge - touches
            block = machine.fork[fork, 2]
            for part in range(machine.parts[block, 0], machine.parts[block, 1]):
                stack[depth, 0], stack[depth, 1], stack[depth, 2] = part, used, i
                depth += 1
            goal = machine.fork[fork, 0] - low
            found, depth = skip_way(
                machine, (a, origin, goal, used), (skips, found), (stack, depth)
            )
        elif edge >= 0:
            touch[used] = machine.touch[edge, 2]
            goal = machine.touch[edge, 0] - low
            found, depth = skip_way(
                machine, (a, origin, goal, used), (skips, found), (stack, depth)
            )
        i, s = used, origin
    return least, found, depth


@compiled
def skip_way(
    machine: Machine,
    way: tuple[int, int, int, int],
    skipping: tuple[NDArray[np.int64], int],
    stacking: tuple[NDArray[np.int64], int],
) -> tuple[int, int]:
    """Note the steps skipped on the way between two states of an automaton, at a place."""
    a, s, goal, place = way
    skips, found = skipping
    stack, depth = stacking
    low = machine.lo[a]
    touches = len(machine.touch)
    while s != goal:
        edge = machine.hop[low + s, goal]
        if edge < touches:
            skips[1, found] = machine.touch[edge, 2]
            skips[2, found] = place
            found += 1
        elif edge < machine.free_from:
            block = machine.fork[edge - touches, 2]
            for part in range(machine.parts[block, 0], machine.parts[block, 1]):
                stack[depth, 0], stack[depth, 1], stack[depth, 2] = part, place, place
                depth += 1
        s = machine.hop_to[low + s, goal]
    return found, depth
