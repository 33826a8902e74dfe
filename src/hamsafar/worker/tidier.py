"""Compaction beside the river: in a thread of its own, one bounded step at a time."""

from __future__ import annotations

import logging
from threading import Event, Thread

from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import DiskBroken, StorageError
from hamsafar.worker.jobs import Compactor

EVERY_S = 1.0
BACK_OFF_S = 10.0
_log = logging.getLogger(__name__)


class Tidier:
    """Compacts until stopped. A step that fails is tried again later; the river never waits."""

    def __init__(self, compactor: Compactor) -> None:
        self._compactor = compactor
        self._stop = Event()
        self._thread = Thread(target=self._run, name="tidier", daemon=True)
        self.broken = False

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Finish the step under work and end the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait_s = EVERY_S
        while not self._stop.wait(wait_s):
            wait_s = EVERY_S
            try:
                while not self._stop.is_set() and self._compactor.compact():
                    pass
            except DiskBroken:
                self.broken = True
                return
            except (Retriable, StorageError, OSError) as error:
                _log.error("history could not be compacted, again soon: %s", type(error).__name__)
                wait_s = BACK_OFF_S
