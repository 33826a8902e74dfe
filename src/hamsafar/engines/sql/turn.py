"""A fair turn at writing, across threads and processes.

SQLite's own lock is not fair: a worker that writes back to back can starve the API's small
writes for seconds, because a waiter only polls. Here a waiter holds the *next* lock while it waits
for the *turn*, so whoever just wrote cannot come again before it.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from hamsafar.kernel.errors import Retriable

POLL_S: Final = 0.0005


class FileLock:
    """An exclusive lock on a file, between threads and processes; freed when its owner dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._fd = -1

    def take(self, timeout_s: float) -> bool:
        """Wait at most `timeout_s` and return whether the lock is ours."""
        deadline = time.monotonic() + timeout_s
        if not self._threads.acquire(timeout=timeout_s):
            return False
        if self._fd < 0:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    self._threads.release()
                    return False
                time.sleep(POLL_S)
            else:
                return True

    def give(self) -> None:
        """Free the lock."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)
        self._threads.release()

    @contextmanager
    def held(self, timeout: timedelta) -> Iterator[None]:
        """Hold the lock for a while.

        Raises:
            Retriable: somebody else held it all the time.
        """
        if not self.take(timeout.total_seconds()):
            raise Retriable(
                "another process holds the lock", after=timedelta(seconds=1), where=str(self._path)
            )
        try:
            yield
        finally:
            self.give()

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Turn:
    """First come, first served: hold `next` while waiting for `turn`."""

    def __init__(self, path: Path, timeout: timedelta) -> None:
        self._next = FileLock(path.with_name(path.name + "-next"))
        self._turn = FileLock(path.with_name(path.name + "-turn"))
        self._timeout = timeout

    @contextmanager
    def held(self, timeout: timedelta | None = None) -> Iterator[None]:
        """Hold the turn.

        Raises:
            Retriable: no turn came within the timeout.
        """
        timeout = timeout or self._timeout
        with self._next.held(timeout):
            turn = self._turn.held(timeout)
            turn.__enter__()
        try:
            yield
        finally:
            turn.__exit__(None, None, None)

    def close(self) -> None:
        """Close the files."""
        self._next.close()
        self._turn.close()
