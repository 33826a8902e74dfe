"""The worker's day: live events first, imports at least one turn in five, then housekeeping."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Flag

from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import DiskBroken, StorageError
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Lane
from hamsafar.worker.history import History
from hamsafar.worker.jobs import Compactor, JobRunner
from hamsafar.worker.pipeline import Pipeline
from hamsafar.worker.store import HEARTBEAT
from hamsafar.worker.tidier import Tidier

LIVE_TURNS = 4
"""Live batches before a waiting bulk batch gets its turn: bulk has at least 20 %."""
IDLE_S = 0.02
JOBS_EVERY_S = 0.05
BEAT_EVERY_S = 1.0
BACK_OFF_S = 1.0
CHORE_AGAIN_S = 60.0
GC_THRESHOLD = (50_000, 20, 50)
"""A batch is some ten thousand objects that die with it and hold no cycles: looking for cycles
among them every 700 takes 3 % of the time."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something done every so often, between batches."""

    every_s: float
    run: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the worker works with."""

    database: Database
    pipeline: Pipeline
    history: History
    compactor: Compactor
    jobs: JobRunner
    chores: Sequence[Chore]
    clock: Clock


class Worker:
    """Runs until stopped. What cannot be done now (a database away) is tried again."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._next: dict[int, float] = {}

    def run(self, stop: Flag) -> None:
        """Work until `stop` is set; the batch under work is finished first.

        Raises:
            DiskBroken: a write to disk failed; this process must end.
        """
        self.begin()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)
        tidier = Tidier(self._day.compactor)
        tidier.start()
        try:
            self._work(stop, tidier)
        finally:
            tidier.close()

    def _work(self, stop: Flag, tidier: Tidier) -> None:
        while not stop.is_set():
            try:
                busy = self.turn()
            except DiskBroken:
                raise
            except (Retriable, StorageError, OSError) as error:
                _log.error("storage is not available, trying again: %s", type(error).__name__)
                stop.wait(BACK_OFF_S)
                continue
            if tidier.broken:
                raise DiskBroken("a sync of the history failed", where="lake")
            if not busy:
                stop.wait(IDLE_S)

    def begin(self) -> None:
        """Take up what an earlier worker left."""
        self._day.history.load()
        self._day.jobs.recover()

    def do_jobs(self) -> None:
        """Do all queued jobs."""
        while self._day.jobs.step():
            pass

    def drain(self, progress: Callable[[], None] | None = None) -> None:
        """Work until both lanes are read to their end."""
        while self.turn():
            if progress is not None:
                progress()

    def tidy(self) -> None:
        """Move everything into history and compact it."""
        self._day.history.step(force=True)
        while self._day.compactor.compact():
            pass

    def turn(self) -> bool:
        """Do one round; return whether events are left."""
        day = self._day
        live = 0
        for _ in range(LIVE_TURNS):
            taken = day.pipeline.step(Lane.LIVE)
            live += taken
            if not taken:
                break
        bulk = day.pipeline.step(Lane.BULK)
        day.history.step()
        self._housekeeping()
        return bool(live or bulk)

    def _housekeeping(self) -> None:
        day = self._day
        if self._due(0, JOBS_EVERY_S):
            day.jobs.step()
        if self._due(1, BEAT_EVERY_S):
            self._beat()
        for number, chore in enumerate(day.chores, start=2):
            if self._due(number, chore.every_s):
                self._do(number, chore)

    def _do(self, number: int, chore: Chore) -> None:
        try:
            chore.run()
        except Retriable as error:
            _log.warning("a chore could not be done, again soon: %s", error.detail)
            self._next[number] = time.monotonic() + min(chore.every_s, CHORE_AGAIN_S)

    def _beat(self) -> None:
        at = self._day.clock.now_us()
        with self._day.database.write() as tx:
            tx.run(HEARTBEAT, {"process": "worker", "at": at, "detail": "{}"})

    def _due(self, number: int, every_s: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(number, 0.0):
            return False
        self._next[number] = now + every_s
        return True
