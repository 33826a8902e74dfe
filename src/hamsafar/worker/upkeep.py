"""Keeping house: compaction, the log's end, old keys, erasure, backups."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hamsafar.collect.types import Identifier
from hamsafar.kernel.clock import DAY_US, SECOND_US
from hamsafar.kernel.errors import NotFound, Retriable
from hamsafar.profiles import ProfilesStage
from hamsafar.storage.types import SEQ_BITS, IdentityView, Lane
from hamsafar.wiring.build import Hamsafar
from hamsafar.worker.backup import write_backup
from hamsafar.worker.forget import Forgetter
from hamsafar.worker.history import History
from hamsafar.worker.jobs import Progress
from hamsafar.worker.pipeline import READER, Pipeline
from hamsafar.worker.store import POSITION

_log = logging.getLogger(__name__)
MINUTE_US = 60 * SECOND_US
KEEP_MINUTES = 60 * 24 * 35
"""Minutes whose counts are kept: five weeks, so that today can be told from usual."""

KEEP_ALERTS_US = 90 * DAY_US
ERASE_STEPS = 5
TRIES = 5
T = TypeVar("T")


def patiently(do: Callable[[], T]) -> T:
    """Return what `do` returns; tries a few times while a reader holds old bytes.

    Raises:
        Retriable: it holds them still.
    """
    for _ in range(TRIES - 1):
        try:
            return do()
        except Retriable as error:
            _log.warning("erasing waits: %s", error.detail)
    return do()


class Upkeep:
    """What the worker does beside the river, in the same thread."""

    def __init__(
        self,
        hamsafar: Hamsafar,
        history: History,
        profiles: ProfilesStage,
        pipeline: Pipeline,
    ) -> None:
        self._hamsafar = hamsafar
        self._history = history
        self._profiles = profiles
        self._pipeline = pipeline
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
        with hamsafar.database.write() as tx:
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
            self._history.step(force=True)
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

    def erase(self, person: int, progress: Progress, *, resumed: bool) -> dict[str, object]:
        """Remove every trace of a person from every store.

        The rows that name the person go last: until then a worker that died in between can do all
        of it again.

        Raises:
            NotFound: no such person.
        """
        hamsafar = self._hamsafar
        members = hamsafar.identity.members(person)
        if not members and not resumed:
            raise NotFound(f"there is no person {person}", where="person")
        named: set[Identifier] = {(node.kind, node.value) for node in members}
        progress(1, ERASE_STEPS)
        self._history.step(force=True)
        forgetter = Forgetter(hamsafar, named)
        events = hamsafar.store.erase([node.node for node in members])
        progress(2, ERASE_STEPS)
        rewritten = patiently(lambda: hamsafar.log.rewrite(forgetter.without)) if members else 0
        self._pipeline.reload()
        progress(3, ERASE_STEPS)
        nodes = self._erase_rows(person, forgetter) if members else ()
        progress(4, ERASE_STEPS)
        self._scrub_due = True
        patiently(hamsafar.database.scrub)
        self._scrub_due = False
        progress(ERASE_STEPS, ERASE_STEPS)
        return {"identifiers": len(nodes), "events": events, "log_records": rewritten}

    def _erase_rows(self, person: int, forgetter: Forgetter) -> tuple[int, ...]:
        database = self._hamsafar.database
        with database.write() as tx:
            nodes = tuple(self._hamsafar.identity.erase(tx, person))
            self._profiles.erase(tx, nodes)
            self._hamsafar.quarantine.erase(tx, forgetter.names)
        return nodes

    def backup(self, to: Path, progress: Progress, *, job: str) -> dict[str, object]:
        """Write a consistent copy of everything into a new folder."""
        self._history.step(force=True)
        with self._hamsafar.store.held():
            return write_backup(self._hamsafar, to, progress, job=job)
