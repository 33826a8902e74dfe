"""The river: from the log through every stage, in one transaction.

It holds effects, position and dedup keys, so that every event counts once after any crash.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from hamsafar.collect import Reader, Why, because, bodies, halves, set_aside
from hamsafar.collect.types import Batch, Event, Identifier, Quarantined, Reason, Tallied
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import HamsafarError, Retriable
from hamsafar.storage import BlockKey, put_block
from hamsafar.storage.errors import StatementFailed, StorageError
from hamsafar.storage.ports import Database, EventLog, Tx
from hamsafar.storage.types import Columns, Lane, Statement
from hamsafar.worker.attempts import NOTHING, Attempts, Mark, mark_of
from hamsafar.worker.lanes import Item, LaneReader, Stretch
from hamsafar.worker.store import POSITION, SET_POSITION

READER = "pipeline"
MAX_TRIES = 5
TARGET_S = 0.08
MIN_BATCH, FIRST_BATCH, MAX_BATCH = 500, 1000, 5000
_PROBE = Statement("worker.probe", "SELECT 1")
_log = logging.getLogger(__name__)


class Stage(Protocol):
    """One step of the river."""

    def apply(self, batch: Batch, tx: Tx) -> Batch:
        """Do the step's work in this transaction and return the batch for the next step."""
        ...

    def committed(self) -> None:
        """Keep in memory what the transaction stored."""
        ...

    def rolled_back(self) -> None:
        """Forget what the transaction did not store."""
        ...


class Unhistoried(Protocol):
    """Who wants to know of stored events that history does not cover yet."""

    def add(self, key: BlockKey, columns: Columns) -> None:
        """Take note of a committed block."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """What the pipeline stands on."""

    database: Database
    log: EventLog
    reader: Reader
    stages: Sequence[Stage]
    ledger: Stage
    unhistoried: Unhistoried
    attempts: Attempts
    clock: Clock
    part: int = 0


class Pipeline:
    """Works through both lanes. One per partition; not shared between threads."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._lanes: dict[Lane, LaneReader] = {}
        self._unwanted: frozenset[Identifier] = frozenset()
        self._size = FIRST_BATCH
        self._failed = deps.attempts.mark()

    def step(self, lane: Lane) -> int:
        """Take the next batch of a lane; return how many events it held, 0 at the end."""
        reader = self._lanes.get(lane) or self._open(lane)
        failed = self._failed_at(reader)
        stretch = reader.peek(failed.narrower if failed.count else self._size)
        if stretch is None:
            return 0
        self._try(reader, stretch, failed)
        return len(stretch.items) or 1

    def replay(self, batch: Batch, *, before: Callable[[Tx], None]) -> Batch:
        """Run events outside the lanes (quarantine replay) through the river.

        `before` runs first, in the same transaction.
        """
        return self._run(batch, before)

    def reload(self) -> None:
        """Read the lanes again from their positions: the log was rewritten."""
        self._lanes = {}

    def refuse(self, unwanted: frozenset[Identifier]) -> None:
        """From now on count every event that names one of these as rejected, and keep nothing.

        They are of a person being erased; the log loses them too.
        """
        self._unwanted = unwanted

    def _open(self, lane: Lane) -> LaneReader:
        deps = self._deps
        with deps.database.read() as tx:
            key = {"reader": READER, "lane": lane.value, "part": deps.part}
            rows = tx.rows(POSITION, key)
        position = int(rows[0][0] or 0) if rows else 0
        reader = self._lanes[lane] = LaneReader(deps.log, deps.reader, lane, position)
        return reader

    def _failed_at(self, reader: LaneReader) -> Mark:
        """Return the failed try at what comes next in a lane, if it is the one we know of."""
        following = reader.peek(1) if self._failed.count else None
        if following is None or not following.items:
            return NOTHING
        if self._failed.covers(reader.lane, following.items[0].seq):
            return self._failed
        return NOTHING

    def _try(self, reader: LaneReader, stretch: Stretch, failed: Mark) -> None:
        """Work on a stretch; when it fails it is narrowed down, until one event is set aside."""
        attempts = self._deps.attempts
        mark = self._mark(reader.lane, stretch, failed)
        is_hopeless = mark.count == 1 and mark.tries > MAX_TRIES
        items = [_poisoned(item) for item in stretch.items] if is_hopeless else stretch.items
        if self._unwanted:
            items = [self._refused(item) for item in items]
        move = self._mover(reader.lane, stretch.next_seq)

        def begin(tx: Tx) -> None:
            # From here on it is these events that take the time, not waiting for a turn to write.
            attempts.begin(mark)
            move(tx)

        began = time.thread_time()
        try:
            self._run(self._batch(reader.lane, items), begin)
        except Exception as error:
            attempts.clear()
            if is_hopeless or not self._is_poison(error):
                raise
            _log.warning("%d events failed, try %d: %s", mark.count, mark.tries, _name(error))
            self._failed = mark
            return
        reader.commit(stretch)
        attempts.clear()
        if not failed.count:
            self._resize(time.thread_time() - began)
        elif stretch.last >= failed.last:
            self._failed = NOTHING

    def _refused(self, item: Item) -> Item:
        """Return what is left of an event: its count, if it names an unwanted identifier."""
        if not isinstance(item, Event) or self._unwanted.isdisjoint(item.identifiers):
            return item
        return Tallied(seq=item.seq, source_id=item.source_id, received_at=item.received_at)

    def _mark(self, lane: Lane, stretch: Stretch, failed: Mark) -> Mark:
        first = stretch.items[0].seq if stretch.items else stretch.last
        return mark_of(
            lane,
            (first, stretch.last),
            count=len(stretch.items),
            tries=failed.tries + 1,
            now=self._deps.clock.now_us(),
        )

    def _is_poison(self, error: Exception) -> bool:
        """Tell a bad event from a bad day: a full disk or a database away is no event's fault."""
        if isinstance(error, StatementFailed):
            with suppress(HamsafarError, OSError), self._deps.database.write() as tx:
                tx.rows(_PROBE)
                return True
            return False
        return not isinstance(error, StorageError | Retriable | OSError)

    def _resize(self, seconds: float) -> None:
        """Keep transactions short, so that the API's small writes never wait long.

        Measured in CPU time: on a busy machine smaller batches would only cost more.
        """
        if seconds > TARGET_S:
            self._size = max(MIN_BATCH, int(self._size * max(0.5, TARGET_S / seconds)))
        else:
            self._size = min(MAX_BATCH, int(self._size * 1.2) + 1)

    def _batch(self, lane: Lane, items: Sequence[Item]) -> Batch:
        return Batch(
            lane=lane,
            part=self._deps.part,
            events=[item for item in items if isinstance(item, Event)],
            quarantined=[item for item in items if isinstance(item, Quarantined)],
            rejected=[item for item in items if isinstance(item, Tallied)],
        )

    def _run(self, batch: Batch, before: Callable[[Tx], None]) -> Batch:
        deps = self._deps
        stored: tuple[BlockKey, Columns] | None = None
        stages = [*deps.stages, deps.ledger]
        try:
            with deps.database.write() as tx:
                before(tx)
                for stage in stages:
                    batch = stage.apply(batch, tx)
                stored = self._store(batch, tx)
        except BaseException:
            for stage in stages:
                stage.rolled_back()
            raise
        for stage in stages:
            stage.committed()
        if stored is not None:
            deps.unhistoried.add(*stored)
        return batch

    def _store(self, batch: Batch, tx: Tx) -> tuple[BlockKey, Columns] | None:
        if not batch.events:
            return None
        columns = to_columns(batch)
        now = self._deps.clock.now_us()
        return put_block(tx, columns, lane=batch.lane, part=batch.part, now=now), columns

    def _mover(self, lane: Lane, seq: int) -> Callable[[Tx], None]:
        """Return what moves the lane's position in the batch's own transaction."""
        key = {"reader": READER, "lane": lane.value, "part": self._deps.part}

        def move(tx: Tx) -> None:
            tx.run(SET_POSITION, {**key, "seq": seq, "at": self._deps.clock.now_us()})

        return move


def to_columns(batch: Batch) -> Columns:
    """Return a batch's events as history's columns."""
    events = batch.events
    fp_hi, fp_lo = halves([event.fingerprint for event in events])
    return Columns(
        node=batch.node,
        occurred_at=np.array([event.occurred_at for event in events], np.int64),
        received_at=np.array([event.received_at for event in events], np.int64),
        seq=np.array([event.seq for event in events], np.int64),
        code=batch.code,
        channel=batch.channel,
        source=np.array([event.source_id for event in events], np.uint16),
        flags=np.array([event.flags for event in events], np.uint16),
        fp_hi=fp_hi,
        fp_lo=fp_lo,
        body=bodies([event.body for event in events]),
        payload=[event.payload for event in events],
    )


def _name(error: Exception) -> str:
    # Not its message, which may quote personal data.
    return type(error).__name__


def _poisoned(item: Item) -> Item:
    """Return what stands in quarantine for an event no stage survives."""
    if not isinstance(item, Event):
        return item
    return replace(
        set_aside(item, Reason.POISON, because(Why.NOT_PROCESSED, tries=MAX_TRIES)),
        tries=MAX_TRIES,
    )
