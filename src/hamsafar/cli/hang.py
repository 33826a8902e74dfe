"""Tells when a worker does not get on with some events."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from hamsafar.worker.attempts import NOTHING, Attempts, Mark

_ASLEEP_LIMITS = 2
"""Sleeping is judged later than computing: others may hold what it waits for."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The main thread of a process: what it does at this moment, and the CPU time it has used."""

    state: str
    cpu_s: float


def main_thread(pid: int) -> Thread:
    """Return what the system tells of a process; asleep and idle where it tells nothing."""
    try:
        stat = Path(f"/proc/{pid}/task/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return Thread("S", 0.0)
    words = stat.rpartition(")")[2].split()
    return Thread(words[0], (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"))


class Hang:
    """Watches the mark of a worker: one try at one stretch must not take too long.

    Too long is the limit in CPU time, or twice the limit asleep. So neither a slow disk nor a busy
    machine is taken for a hang.
    """

    def __init__(self, path: Path, limit_s: float) -> None:
        self._path = path
        self._limit_s = limit_s
        self._attempts: Attempts | None = None
        self._mark = NOTHING
        self._ignored = NOTHING
        self._asleep_since = 0.0
        self._cpu_s = 0.0

    def forget(self) -> None:
        """A new worker starts: what its predecessor left standing is not its doing."""
        self._ignored = self._mark = self._read()

    def is_there(self, pid: int) -> bool:
        """Return whether the worker's try under work has been going on for too long."""
        mark, now, thread = self._read(), time.monotonic(), main_thread(pid)
        if mark != self._mark:
            self._mark, self._ignored = mark, NOTHING
            self._asleep_since, self._cpu_s = now, thread.cpu_s
        if thread.state in {"R", "D"}:
            self._asleep_since = now
        if not mark.count or mark == self._ignored:
            return False
        computed_s, slept_s = thread.cpu_s - self._cpu_s, now - self._asleep_since
        return computed_s > self._limit_s or slept_s > _ASLEEP_LIMITS * self._limit_s

    def _read(self) -> Mark:
        if self._attempts is None:
            if not self._path.exists():
                return NOTHING
            self._attempts = Attempts(self._path)
        return self._attempts.mark()
