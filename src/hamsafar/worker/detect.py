"""Detectors at work beside the river."""

from __future__ import annotations

import logging
import time

from hamsafar.friction import warm
from hamsafar.friction.services.keeper import Keeper
from hamsafar.wiring.build import Hamsafar
from hamsafar.worker.between import Between

REST = 4.0
"""After a turn it rests so many times as long as it took: it has a fifth of a thread at most."""
_log = logging.getLogger(__name__)


class Detect:
    """Looks again at whoever has something new. Belongs to the thread of long jobs.

    That thread erases people too, so no finding is written of somebody who is being erased.
    """

    def __init__(self, hamsafar: Hamsafar, between: Between) -> None:
        self._keeper: Keeper = hamsafar.findings
        self._between = between
        self._rests_until = 0.0
        self._is_warm = False

    def step(self) -> None:
        """Do one turn, unless the last one was long and is not yet rested from.

        Raises:
            Retriable: the history cannot be read now.
        """
        began = time.monotonic()
        if began < self._rests_until or self._between.is_ending:
            return
        if not self._is_warm:
            warm()
            self._is_warm = True
        done = self._keeper.turn(lambda: self._between.is_ending)
        took = time.monotonic() - began
        self._rests_until = time.monotonic() + REST * took
        if done.found or done.withdrawn:
            _log.debug("friction: %d found or changed, %d withdrawn", done.found, done.withdrawn)
