"""Work beside the river: a thread that takes one turn after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from hamsafar.storage.errors import DiskBroken

BACK_OFF_S = 10.0
GRACE_S = 5.0
"""How long an ending worker waits for a turn under work; what is cut off is begun again."""
_log = logging.getLogger(__name__)


class Aside:
    """Takes turns until stopped. One that fails is tried again later; the river never waits."""

    def __init__(self, name: str, turn: Callable[[], bool], *, every_s: float) -> None:
        """Make the thread.

        Args:
            name: of the thread, for the journal.
            turn: does one bounded piece of work; returns whether there is more right now.
            every_s: how long to wait when there is none.
        """
        self._turn = turn
        self._every_s = every_s
        self._stop = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self.broken: DiskBroken | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no further turn."""
        self._stop.set()

    def close(self) -> bool:
        """Wait for the turn under work, not for ever; return whether the thread has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(GRACE_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        wait_s = self._every_s
        while not self._stop.wait(wait_s):
            wait_s = self._every_s
            try:
                while not self._stop.is_set() and self._turn():
                    pass
            except DiskBroken as error:
                self.broken = error
                return
            except Exception as error:  # noqa: BLE001  an edge: the thread goes on and says so
                if not self._stop.is_set():
                    name = self._thread.name
                    _log.error("%s cannot go on, again soon: %s", name, type(error).__name__)
                wait_s = max(BACK_OFF_S, self._every_s)
