"""Steps and the distinct events of one time: who takes which, by augmenting paths.

Source: C. Berge, Two theorems in graph theory, PNAS 43 (1957).
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import ABSENT, Room
from hamsafar.journeys.kernels.jit import kernel


@kernel
def clear_match(room: Room, first: int, last: int) -> None:
    """Forget who has which of the events `first` to `last`, the last not included."""
    for e in range(first, last):
        room.owner[e] = ABSENT
    room.spot[:] = ABSENT


@kernel
def flip(room: Room, step: int, event: int) -> None:
    """Give each step on the path from `step` to a free event the event it asked for."""
    e = event
    while True:
        asks = room.source[e]
        had = room.spot[asks]
        room.owner[e] = asks
        room.spot[asks] = e
        if asks == step:
            return
        e = had


@kernel
def augment(room: Room, step: int, first: int, last: int) -> bool:
    """Give `step` an event of `first` to `last`, moving others if need be; return whether it has.

    Bit `step` of an event's word says whether it would do.
    """
    for e in range(first, last):
        room.source[e] = ABSENT
    queue = room.queue
    queue[0] = step
    head, tail = 0, 1
    while head < tail:
        asks = queue[head]
        head += 1
        for e in range(first, last):
            if room.source[e] != ABSENT or not room.word[e] >> asks & 1:
                continue
            room.source[e] = asks
            if room.owner[e] == ABSENT:
                flip(room, step, e)
                return True
            queue[tail] = room.owner[e]
            tail += 1
    return False
