"""Writing the attempt that tells: its events at the places of their steps, optional ones added."""

from __future__ import annotations

from hamsafar.journeys.funnel_work import (
    ABSENT,
    ANY,
    AT,
    BEST,
    CELLS,
    CHAIN,
    MATCH,
    ONE_EACH,
    OPTIONAL,
    PLACE,
    POSTHOG,
    POSTHOG_ANY,
    SCRATCH,
    TIME,
    WORD,
    Rules,
    Table,
)
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.storage.types import I64

Span = tuple[int, int]


@kernel
def is_used(lv: Table, length: int, event: int) -> bool:
    """Return whether an event has a step in the row that is being made."""
    found = False
    for j in range(length):
        found |= lv[SCRATCH, j] == event
    return found


@kernel
def bounds_of(ev: Table, lv: Table, rules: Rules, number: int) -> Span:
    """Return the first and last time an optional step may have; the last is before the first if none.

    It lies between the steps around it that are not optional; after the last one taken, until the
    window ends.
    """
    level = lv[BEST, 0]
    strictly = 1 if rules.ties == ONE_EACH else 0
    before = 0
    while before + 1 < level and lv[PLACE, before + 1] < number:
        before += 1
    if before + 1 < rules.top and lv[PLACE, before + 1] < number:
        return 0, -1
    first = ev[TIME, lv[CHAIN, before]] + strictly
    if before + 1 < level:
        return first, ev[TIME, lv[CHAIN, before + 1]] - strictly
    return first, lv[BEST, 1] + rules.window


@kernel
def add_optional(ev: Table, lv: Table, rules: Rules, span: Span, length: int) -> int:
    """Add the optional steps around those taken to the row; return its length then.

    Each is taken by the earliest free event that may.
    """
    shift = rules.top + rules.bans
    for o in range(rules.options):
        number = lv[OPTIONAL, o]
        first, last = bounds_of(ev, lv, rules, number)
        for q in range(span[0], span[1]):
            if ev[TIME, q] > last:
                break
            if ev[TIME, q] < first or not ev[WORD, q] >> (shift + o) & 1:
                continue
            if rules.ties == MATCH and is_used(lv, length, q):
                continue
            for j in range(length, number + 1):
                lv[SCRATCH, j] = ABSENT
            lv[SCRATCH, number] = q
            length = max(length, number + 1)
            break
    return length


@kernel
def row_of(ev: Table, lv: Table, rules: Rules, span: Span) -> int:
    """Fill the row `SCRATCH` with the told events at the places of their steps; return its length."""
    level = int(lv[BEST, 0])
    if rules.engine in (ANY, POSTHOG, POSTHOG_ANY):
        for j in range(level):
            lv[SCRATCH, j] = lv[CHAIN, j]
        return level
    length = int(lv[PLACE, level - 1]) + 1
    for j in range(length):
        lv[SCRATCH, j] = ABSENT
    for j in range(level):
        lv[SCRATCH, lv[PLACE, j]] = lv[CHAIN, j]
    if rules.options:
        return add_optional(ev, lv, rules, span, length)
    return length


@kernel
def write_row(ev: Table, lv: Table, rules: Rules, span: Span, cells: I64) -> int:
    """Write the events of the told attempt; return how many cells it takes."""
    length = row_of(ev, lv, rules, span)
    first = lv[BEST, CELLS]
    for j in range(length):
        q = lv[SCRATCH, j]
        cells[first + j] = ABSENT if q == ABSENT else ev[AT, q]
    lv[BEST, CELLS] += length
    return length
