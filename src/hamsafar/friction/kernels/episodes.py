"""Kernel of containment: where self-service on a matter ends, and which contact breaks it."""

from __future__ import annotations

from hamsafar.friction.kernels.track import has, is_skipped
from hamsafar.friction.life import Fact, Life
from hamsafar.kernel.jit import compiled
from hamsafar.storage.types import I64

SELF_SERVICE, CONTACT, CONTACT_END = Fact.SELF_SERVICE, Fact.CONTACT, Fact.CONTACT_END
CHAT, SOLVED, UNSOLVED = Fact.CHAT, Fact.SOLVED, Fact.UNSOLVED


@compiled
def episodes(life: Life, rows: I64, breaks: I64) -> int:
    """Fill `rows` with the last row of each episode and `breaks` with its contact; return how many.

    A break of -1 means none came; a chat that ended unsolved is broken by its own end.
    """
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        beyond = life.starts[person + 1]
        for i in range(life.starts[person], beyond):
            if not is_help(life, i) or goes_on(life, i, beyond):
                continue
            rows[found] = i
            if life.facts[i] & CONTACT_END and life.facts[i] & UNSOLVED:
                breaks[found] = i
            else:
                breaks[found] = next_contact(life, i, beyond)
            found += 1
    return found


@compiled
def is_help(life: Life, i: int) -> bool:
    """Return whether an event is self-service: help looked at, or a bot's chat that ended."""
    if has(life, i, CONTACT_END | CHAT):
        return bool(life.facts[i] & (SOLVED | UNSOLVED))
    return has(life, i, SELF_SERVICE)


@compiled
def goes_on(life: Life, i: int, beyond: int) -> bool:
    """Return whether self-service on this matter goes on in the session, before any contact."""
    for j in range(i + 1, beyond):
        if life.end[j] >= 0 and life.end[j] != life.end[i]:
            return False
        if has(life, j, CONTACT):
            return False
        if is_help(life, j) and (life.matter[i] < 0 or life.matter[j] == life.matter[i]):
            return True
    return False


@compiled
def next_contact(life: Life, i: int, beyond: int) -> int:
    """Return the next contact about the same matter; where one names none, any contact."""
    for j in range(i + 1, beyond):
        if has(life, j, CONTACT):
            is_same = life.matter[j] == life.matter[i]
            if is_same or life.matter[i] < 0 or life.matter[j] < 0:
                return int(j)
    return -1
