"""Keeping house: compaction, the log's end, old keys, retention, backups."""

from __future__ import annotations

import logging
from pathlib import Path

from hamsafar.kernel.clock import DAY_US, SECOND_US
from hamsafar.storage.types import SEQ_BITS, IdentityView, Lane
from hamsafar.wiring.build import Hamsafar
from hamsafar.worker.backup import write_backup
from hamsafar.worker.between import Between
from hamsafar.worker.history import History
from hamsafar.worker.jobs import Progress
from hamsafar.worker.pipeline import READER
from hamsafar.worker.store import POSITION

_log = logging.getLogger(__name__)
MINUTE_US = 60 * SECOND_US
KEEP_MINUTES = 60 * 24 * 35
"""Minutes whose counts are kept: five weeks, so that today can be told from usual."""

KEEP_ALERTS_US = 90 * DAY_US


class Upkeep:
    """What the worker does beside the river."""

    def __init__(self, hamsafar: Hamsafar, history: History, between: Between) -> None:
        self._hamsafar = hamsafar
        self._history = history
        self._between = between
        self._view: IdentityView | None = None
        self._scrub_due = False

    def compact(self) -> bool:
        """Do one bounded step of compaction; return False when there is nothing to do."""
        view = self._view = self._hamsafar.identity.view(self._view)
        return self._hamsafar.store.compact(view)

    def drop_log(self) -> None:
        """Drop log batches that the pipeline is past and that are old enough."""
        hamsafar = self._hamsafar
        keep_us = int(hamsafar.settings.keep_log.total_seconds()) * SECOND_US
        before = hamsafar.clock.now_us() - keep_us
        for lane in Lane:
            with hamsafar.database.read() as tx:
                rows = tx.rows(POSITION, {"reader": READER, "lane": lane.value, "part": 0})
            through = (int(str(rows[0][0])) >> SEQ_BITS) - 1 if rows else 0
            if through > 0:
                hamsafar.log.drop(lane, through=through, older_than=before)

    def forget_old(self) -> None:
        """Drop dedup keys past their window and the counts of old minutes."""
        hamsafar = self._hamsafar
        now = hamsafar.clock.now_us()
        window_us = int(hamsafar.settings.dedup_window.total_seconds()) * SECOND_US
        # A compaction under way must find the key files it has read still registered.
        with hamsafar.store.held(), hamsafar.database.write() as tx:
            hamsafar.store.forget_keys(tx, before=now - window_us)
            hamsafar.counts.forget_minutes(tx, now // MINUTE_US - KEEP_MINUTES)
        hamsafar.access.watch.forget(now - KEEP_ALERTS_US)
        hamsafar.store.sweep()

    def expire_old(self) -> None:
        """Remove events older than their source's retention from history and quarantine.

        Folds of profiles stay as they are: counts, first and last times, traits tell no single
        event any more.
        """
        hamsafar = self._hamsafar
        now = hamsafar.clock.now_us()
        kept = [source for source in hamsafar.access.sources.all() if source.retention_days]
        if kept:
            self._between.do(lambda: self._history.step(force=True))
        for source in kept:
            before = now - source.retention_days * DAY_US
            gone = hamsafar.store.expire(int(source.id), before)
            with hamsafar.database.write() as tx:
                rows = hamsafar.quarantine.expire(tx, int(source.id), before)
            self._scrub_due |= bool(rows)
            if gone or rows:
                _log.info("retention of source %d: %d events, %d held", source.id, gone, rows)
        if self._scrub_due:
            hamsafar.database.scrub()
            self._scrub_due = False

    def backup(self, to: Path, progress: Progress, *, job: str) -> dict[str, object]:
        """Write a consistent copy of everything into a new folder, while the river flows on."""
        # The copy holds the audit chain and no looks on their way there.
        self._hamsafar.access.audit.settle()
        self._between.do(lambda: self._history.step(force=True))
        with self._hamsafar.store.held():
            done = write_backup(self._hamsafar, to, progress, job=job)
        self._hamsafar.erasures.copy_beside([to.parent])
        return done
