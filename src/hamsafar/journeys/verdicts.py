"""What was decided already, chunk by chunk: most of a history stays as it was."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from hamsafar.expr import Condition, fields, to_json
from hamsafar.journeys.columns import columns_of
from hamsafar.journeys.judge import Judge, Told
from hamsafar.journeys.shards import U8

ROOM_BYTES = 128 * 1024 * 1024

Place = tuple[int, int]
"""Where an array lies in memory, and how many bytes it has."""
Key = tuple[bytes, tuple[Place, ...]]
Arrays = tuple[NDArray[np.generic], ...]


class Verdicts:
    """A judge that remembers what another decided; safe between threads.

    An answer is known by the condition and by the very arrays it was read from. These are held as
    long as the answer, so that where they lie stays theirs.
    """

    def __init__(self, judge: Judge, room_bytes: int = ROOM_BYTES) -> None:
        self._judge = judge
        self._room = room_bytes
        self._held = 0
        self._lock = Lock()
        self._known: OrderedDict[Key, tuple[U8, Arrays]] = OrderedDict()

    def event_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[n]: 1 for the events of chunk `at` it holds of."""
        return self._asked(b"e", told, at, condition, self._judge.event_mask)

    def person_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[p]: 1 for the persons of chunk `at` it holds of."""
        return self._asked(b"p", told, at, condition, self._judge.person_mask)

    def keep(self, told: Told) -> None:
        """Forget what was decided of other chunks than these."""
        present = {_place(chunk.time) for chunk in told.chunks}
        with self._lock:
            for key in [key for key in self._known if key[1][0] not in present]:
                self._held -= self._known.pop(key)[0].nbytes

    def __len__(self) -> int:
        """Return how many answers are known."""
        return len(self._known)

    def _asked(
        self,
        of: bytes,
        told: Told,
        at: int,
        condition: Condition,
        decide: Callable[[Told, int, Condition], U8],
    ) -> U8:
        arrays = tuple(_read(told, at, condition))
        key = of + to_json(condition), tuple(map(_place, arrays))
        with self._lock:
            if (known := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return known[0]
        mask = decide(told, at, condition)
        with self._lock:
            if key not in self._known:
                self._known[key] = mask, arrays
                self._held += mask.nbytes
            while self._held > self._room and len(self._known) > 1:
                self._held -= self._known.popitem(last=False)[1][0].nbytes
        return mask


def _read(told: Told, at: int, condition: Condition) -> Iterable[NDArray[np.generic]]:
    """Yield the arrays an answer depends on."""
    chunk = told.chunks[at]
    yield from (chunk.time, chunk.starts, chunk.code, chunk.channel, chunk.source)
    wanted = fields(condition)
    for name in columns_of(wanted):
        yield told.properties[name].codes[at]
    for name in sorted(wanted.traits):
        yield told.traits[name].codes[at]


def _place(array: NDArray[np.generic]) -> Place:
    return array.ctypes.data, array.nbytes
