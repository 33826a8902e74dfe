"""Which events are being worked on, kept where the death of the process cannot lose it.

A stretch of events that kills the worker (memory, a crash in native code, an endless loop ended
from outside) leaves its mark standing; the next worker sees it and narrows that stretch down. The
mark need not survive a power cut, so it is a small memory-mapped file, written for free. The
supervisor reads the same file to see that a worker no longer gets on.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from hamsafar.storage.types import Lane

_FORM: Final = struct.Struct("<qqqqqq")
_LANES: Final = tuple(Lane)
NARROWER: Final = 64
"""By how much a stretch that failed is cut: 5,000 events are down to one after two cuts."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One try at a stretch of events.

    Attributes:
        lane: number of its lane, in the order of `Lane`.
        first, last: seq of its first and last event.
        count: how many events it has, 0 when nothing is under work.
        tries: how often these events were begun, this time too.
        since: when this try began, µs UTC.
    """

    lane: int = 0
    first: int = 0
    last: int = 0
    count: int = 0
    tries: int = 0
    since: int = 0

    def covers(self, lane: Lane, seq: int) -> bool:
        """Return whether the event at `seq` belongs to this stretch."""
        in_lane = self.count > 0 and _LANES[self.lane] is lane
        return in_lane and self.first <= seq <= self.last

    @property
    def narrower(self) -> int:
        """Return how many events to take at once after this try failed."""
        return max(1, self.count // NARROWER)


NOTHING: Final = Mark()


def mark_of(lane: Lane, seqs: tuple[int, int], *, count: int, tries: int, now: int) -> Mark:
    """Return the mark of a try at the events from seq to seq."""
    return Mark(_LANES.index(lane), *seqs, count, tries, now)


class Attempts:
    """The mark of one worker."""

    def __init__(self, path: Path) -> None:
        if not path.exists() or path.stat().st_size != _FORM.size:
            path.write_bytes(b"\0" * _FORM.size)
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _FORM.size)

    def mark(self) -> Mark:
        """Return what stands in the file."""
        return Mark(*_FORM.unpack(self._map[:]))

    def begin(self, mark: Mark) -> None:
        """Mark a try."""
        self._map[:] = _FORM.pack(*astuple(mark))

    def clear(self) -> None:
        """Nothing is under work."""
        self.begin(NOTHING)

    def close(self) -> None:
        """Release the file."""
        self._map.close()
