"""Kernels every detector stands on: where sessions end, what follows, how long a contact took."""

from __future__ import annotations

import numpy as np

from hamsafar.friction.life import Fact, Hits, Life
from hamsafar.kernel.jit import compiled
from hamsafar.storage.types import I64, U32

IGNORED = Fact.IGNORED
GOAL, CART, CHECKOUT, ERROR = Fact.GOAL, Fact.CART, Fact.CHECKOUT, Fact.ERROR
DEEPEST = 7
"""Steps of a checkout are told apart up to this many."""
CONTACT = Fact.CONTACT
CONTACT_END = Fact.CONTACT_END


@compiled
def is_skipped(life: Life, person: int) -> bool:
    """Return whether another chunk holds this person."""
    return bool(life.skip[person & life.skip_mask])


@compiled
def has(life: Life, i: int, bits: int) -> bool:
    """Return whether event `i` is the customer's and has all of these bits."""
    return bool((life.facts[i] & (bits | IGNORED)) == bits)


@compiled
def put(out: Hits, found: int, rows: tuple[int, int, int], lost: int) -> int:
    """Write a hit (anchor, first, last) if there is room; return how many there are."""
    if found < len(out.anchor):
        out.anchor[found] = rows[0]
        out.first[found] = rows[1]
        out.last[found] = rows[2]
        out.lost[found] = lost
    return found + 1


@compiled
def mark_sessions(life: Life, gap_us: int) -> None:
    """Fill `end` and `goal`: a session is what lies between silences longer than the gap."""
    for person in range(life.lo, life.hi):
        end = -1
        goal = -1
        after = -1
        for i in range(life.starts[person + 1] - 1, life.starts[person] - 1, -1):
            if life.facts[i] & IGNORED:
                life.end[i] = -1
                life.goal[i] = -1
                continue
            if after < 0 or life.time[after] - life.time[i] > gap_us:
                end = i
                goal = -1
            life.end[i] = end
            life.goal[i] = goal
            if life.facts[i] & GOAL:
                goal = i
            after = i


@compiled
def mark_talks(life: Life, longest_us: int) -> None:
    """Fill `talk`: from a contact to its end in the same channel, before the next contact."""
    for person in range(life.lo, life.hi):
        first, beyond = life.starts[person], life.starts[person + 1]
        for i in range(first, beyond):
            life.talk[i] = 0
            if has(life, i, CONTACT):
                life.talk[i] = talk_of(life, i, beyond, longest_us)


@compiled
def talk_of(life: Life, i: int, beyond: int, longest_us: int) -> int:
    """Return how long the contact that begins at `i` took, 0 where nothing tells."""
    for j in range(i + 1, beyond):
        took = life.time[j] - life.time[i]
        if took > longest_us or has(life, j, CONTACT):
            return 0
        if has(life, j, CONTACT_END) and life.channel[j] == life.channel[i]:
            return int(took)
    return 0


@compiled
def following(life: Life, i: int, beyond: int) -> int:
    """Return the customer's next event after `i`, -1 for none."""
    for j in range(i + 1, beyond):
        if not life.facts[j] & IGNORED:
            return int(j)
    return -1


@compiled
def first_in_session(life: Life, i: int, first: int) -> bool:
    """Return whether `i` is the first of its session among the customer's events."""
    for j in range(i - 1, first - 1, -1):
        if not life.facts[j] & IGNORED:
            return bool(life.end[j] != life.end[i])
    return True


@compiled
def mark_strata(life: Life, code: U32, edges: I64, out: tuple[I64, I64]) -> None:
    """Fill `out` with how far each event's session had come before and after it; -1 after its goal.

    A stratum is `depth * len(edges) + how many events before, in the classes of edges`. Depth is 0
    before anything is in the cart, 1 with something in it, more with each further step of the
    checkout.
    """
    before, after = out
    steps = np.zeros(DEEPEST, np.uint32)
    for person in range(life.lo, life.hi):
        depth, taken, place, done, end = 0, 0, 0, False, -1
        for i in range(life.starts[person], life.starts[person + 1]):
            before[i] = -1
            after[i] = -1
            if life.facts[i] & IGNORED:
                continue
            if life.end[i] != end:
                depth, taken, place, done, end = 0, 0, 0, False, life.end[i]
            if not done:
                before[i] = depth * len(edges) + np.searchsorted(edges, place, side="right") - 1
            place += 1
            done |= bool(life.facts[i] & GOAL)
            if life.facts[i] & CART and depth == 0:
                depth = 1
            is_step = life.facts[i] & CHECKOUT and not life.facts[i] & ERROR
            if is_step and taken < DEEPEST and is_new(steps, taken, code[i]):
                steps[taken] = code[i]
                taken += 1
                depth = 1 + taken
            if not done:
                after[i] = depth * len(edges) + np.searchsorted(edges, place, side="right") - 1


@compiled
def is_new(steps: U32, taken: int, code: int) -> bool:
    """Return whether a step is not among those taken."""
    return not (steps[:taken] == code).any()
