"""The worker's day: live events first, imports at least one turn in five, then housekeeping.

The river flows in one thread. Beside it two others: one compacts the history, one does the long
jobs and the slow chores, and comes to the river for each step that touches what the river holds in
memory (`Between`).
"""

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
from hamsafar.worker.aside import Aside
from hamsafar.worker.between import Between
from hamsafar.worker.history import History
from hamsafar.worker.jobs import Compactor, JobRunner
from hamsafar.worker.pipeline import Pipeline
from hamsafar.worker.store import HEARTBEAT

LIVE_TURNS = 4
"""Live batches before a waiting bulk batch gets its turn: bulk has at least 20 %."""
IDLE_S = 0.02
JOBS_EVERY_S = 0.05
TIDY_EVERY_S = 1.0
BEAT_EVERY_S = 1.0
BACK_OFF_S = 1.0
CHORE_AGAIN_S = 60.0
GC_THRESHOLD = (50_000, 20, 50)
"""A batch is some ten thousand objects that die with it and hold no cycles: looking for cycles
among them every 700 takes 3 % of the time."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something done every so often."""

    every_s: float
    run: Callable[[], object]


class Rota:
    """Chores and when each is due. Belongs to one thread."""

    def __init__(self, *chores: Chore) -> None:
        self._chores = chores
        self._next = [0.0] * len(chores)

    def step(self) -> None:
        """Do what is due; what cannot be done now is tried again soon."""
        for number, chore in enumerate(self._chores):
            now = time.monotonic()
            if now < self._next[number]:
                continue
            self._next[number] = now + chore.every_s
            try:
                chore.run()
            except Retriable as error:
                _log.warning("a chore could not be done, again soon: %s", error.detail)
                self._next[number] = time.monotonic() + min(chore.every_s, CHORE_AGAIN_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the worker works with.

    Attributes:
        quick: jobs of one short transaction, done between batches.
        long: jobs that take their time, done beside the river.
        chores: done between batches.
        slow_chores: done beside the river, one at a time with the long jobs.
    """

    database: Database
    pipeline: Pipeline
    history: History
    compactor: Compactor
    quick: JobRunner
    long: JobRunner
    chores: Sequence[Chore]
    slow_chores: Sequence[Chore]
    between: Between
    clock: Clock


class Worker:
    """Runs until stopped. What cannot be done now (a database away) is tried again."""

    def __init__(self, day: Day) -> None:
        self._day = day
        quick = Chore(every_s=JOBS_EVERY_S, run=day.quick.step)
        beat = Chore(every_s=BEAT_EVERY_S, run=self._beat)
        self._rota = Rota(quick, beat, *day.chores)
        long = Chore(every_s=JOBS_EVERY_S, run=day.long.step)
        self._slow_rota = Rota(long, *day.slow_chores)
        self._alone = True

    def run(self, stop: Flag) -> bool:
        """Work until `stop` is set; the batch under work is finished first.

        Returns:
            Whether all has ended; False when long work was cut off in the middle, as by a kill:
            its thread still holds the stores, so the process must end without closing them.

        Raises:
            DiskBroken: a write to disk failed; this process must end.
        """
        self.begin()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLD)
        asides = (
            Aside("tidier", self._day.compactor.compact, every_s=TIDY_EVERY_S),
            Aside("jobs", self._beside, every_s=JOBS_EVERY_S),
        )
        self._alone = False
        with self._day.between.river():
            for aside in asides:
                aside.start()
            try:
                self._work(stop, asides)
            finally:
                for aside in asides:
                    aside.stop()
        ended = [aside.close() for aside in asides]
        return all(ended)

    def _work(self, stop: Flag, asides: Sequence[Aside]) -> None:
        while not stop.is_set():
            try:
                busy = self.turn()
            except DiskBroken:
                raise
            except (Retriable, StorageError, OSError) as error:
                _log.error("storage is not available, trying again: %s", type(error).__name__)
                stop.wait(BACK_OFF_S)
                continue
            for aside in asides:
                if aside.broken is not None:
                    raise aside.broken
            if not busy:
                self._day.between.wait(IDLE_S)

    def begin(self) -> None:
        """Take up what an earlier worker left."""
        self._day.history.load()
        self._day.long.recover()

    def do_jobs(self) -> None:
        """Do all queued jobs, in this thread."""
        while self._day.quick.step() or self._day.long.step():
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
        """Do one round; return whether there is more to do at once."""
        day = self._day
        live = 0
        for _ in range(LIVE_TURNS):
            taken = day.pipeline.step(Lane.LIVE)
            live += taken
            if not taken:
                break
        bulk = day.pipeline.step(Lane.BULK)
        day.history.step()
        asked = day.between.serve()
        self._rota.step()
        if self._alone:
            self._beside()
        return bool(live or bulk or asked)

    def _beside(self) -> bool:
        """Do a long job and the slow chores that are due; wait then."""
        self._slow_rota.step()
        return False

    def _beat(self) -> None:
        at = self._day.clock.now_us()
        with self._day.database.write() as tx:
            tx.run(HEARTBEAT, {"process": "worker", "at": at, "detail": "{}"})
