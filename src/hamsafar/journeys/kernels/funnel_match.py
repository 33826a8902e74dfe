"""Steps and the distinct events of one time: who takes which, by augmenting paths.

Source: C. Berge, Two theorems in graph theory, PNAS 43 (1957).
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import ABSENT, OWNER, QUEUE, SOURCE, SPOT, WORD, Table
from hamsafar.journeys.kernels.jit import kernel


@kernel
def clear_match(ev: Table, lv: Table, first: int, last: int) -> None:
    """Forget who has which of the events `first` to `last`, the last not included."""
    for e in range(first, last):
        ev[OWNER, e] = ABSENT
    for j in range(lv.shape[1]):
        lv[SPOT, j] = ABSENT


@kernel
def flip(ev: Table, lv: Table, step: int, event: int) -> None:
    """Give each step on the path from `step` to a free event the event it asked for."""
    e = event
    while True:
        asks = ev[SOURCE, e]
        had = lv[SPOT, asks]
        ev[OWNER, e] = asks
        lv[SPOT, asks] = e
        if asks == step:
            return
        e = had


@kernel
def augment(ev: Table, lv: Table, step: int, first: int, last: int) -> bool:
    """Give `step` an event of `first` to `last`, moving others if need be; return whether it has.

    Bit `step` of an event's word says whether it would do.
    """
    for e in range(first, last):
        ev[SOURCE, e] = ABSENT
    lv[QUEUE, 0] = step
    head, tail = 0, 1
    while head < tail:
        asks = lv[QUEUE, head]
        head += 1
        for e in range(first, last):
            if ev[SOURCE, e] != ABSENT or not ev[WORD, e] >> asks & 1:
                continue
            ev[SOURCE, e] = asks
            if ev[OWNER, e] == ABSENT:
                flip(ev, lv, step, e)
                return True
            lv[QUEUE, tail] = ev[OWNER, e]
            tail += 1
    return False
