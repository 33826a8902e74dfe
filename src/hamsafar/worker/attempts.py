"""Which batch is being worked on, kept where the death of the process cannot lose it.

A batch that kills the worker (memory, a crash in native code, an endless loop ended from outside)
leaves its mark standing; the next worker sees it and works through that stretch event by event.
The mark need not survive a power cut, so it is a small memory-mapped file, written for free. The
supervisor reads the same file to see that a worker no longer gets on.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

_FORM = struct.Struct("<qqqq")


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in the file.

    Attributes:
        last: last seq of the stretch under work, 0 when nothing is.
        current: the event worked on alone, -1 while a whole batch is.
        tries: how often `current` was begun.
        since: when this work began, µs UTC.
    """

    last: int
    current: int
    tries: int
    since: int


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

    def begin_batch(self, last: int, now: int) -> None:
        """Mark a whole batch, up to seq `last`."""
        self._map[:] = _FORM.pack(last, -1, 0, now)

    def begin_event(self, seq: int, now: int) -> int:
        """Mark one event of the suspect stretch; return how often it was begun, this time too."""
        before = self.mark()
        tries = before.tries + 1 if before.current == seq else 1
        self._map[:] = _FORM.pack(max(before.last, seq), seq, tries, now)
        return tries

    def clear(self) -> None:
        """Nothing is under work."""
        self._map[:] = _FORM.pack(0, 0, 0, 0)

    def rest(self) -> None:
        """The event is done; the rest of its stretch stays suspect."""
        before = self.mark()
        self._map[:] = _FORM.pack(before.last, 0, 0, 0)

    def close(self) -> None:
        """Release the file."""
        self._map.close()
