"""Group commit: one thread appends everything that waits in one synced write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Generic, TypeVar

from hamsafar.collect.envelope import pack
from hamsafar.collect.limits import Limits
from hamsafar.collect.types import Envelope
from hamsafar.storage.errors import LogFull
from hamsafar.storage.ports import EventLog
from hamsafar.storage.types import Lane

Ticket = TypeVar("Ticket")


@dataclass(slots=True)
class WriterCounts:
    """What a writer did so far; read from other threads."""

    groups: int = 0
    envelopes: int = 0
    events: int = 0
    bytes: int = 0
    refused_groups: int = 0


class LogWriter(Generic[Ticket]):
    """The only writer of the live lane.

    Each envelope comes with a ticket; when its group is on disk (or was refused) `deliver` is
    called once, from the writer's thread, with all tickets of the group. Once the log is broken
    no group is ever delivered as written again: `on_broken` must end the process.

    Args:
        log: the durable log.
        limits: `group_bytes` and `group_wait`.
        deliver: told of each group; `None` means it is on disk, `LogFull` that it was not kept.
        expecting: how many requests are about to be written; a group waits for them, at most
            `group_wait`, so that many clients share one sync and a lone one never waits.
        on_broken: called once, from the writer's thread, when a sync failed.
    """

    def __init__(
        self,
        log: EventLog,
        limits: Limits,
        *,
        deliver: Callable[[Sequence[Ticket], LogFull | None], None],
        on_broken: Callable[[BaseException], None],
        expecting: Callable[[], int] = int,
    ) -> None:
        self._log = log
        self._group_bytes = limits.group_bytes
        self._group_wait_s = limits.group_wait.total_seconds()
        self._deliver = deliver
        self._on_broken = on_broken
        self._expecting = expecting
        self._queue: SimpleQueue[tuple[Envelope, Ticket] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self.counts = WriterCounts()

    def start(self) -> None:
        """Start the writer's thread."""
        self._thread.start()

    def close(self) -> None:
        """Write what still waits, then end the thread."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def submit(self, envelope: Envelope, ticket: Ticket) -> None:
        """Hand in an envelope; its ticket comes back by `deliver`. Never blocks."""
        self._queue.put((envelope, ticket))

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, is_last = self._gather(first)
            try:
                self._write(group)
            except BaseException as error:  # noqa: BLE001 - whatever it was, nothing is sure now
                self._on_broken(error)
                return
            if is_last:
                return

    def _gather(self, first: tuple[Envelope, Ticket]) -> tuple[list[tuple[Envelope, Ticket]], bool]:
        """Return the next group, and whether the writer was closed behind it."""
        group = [first]
        size = len(first[0].body)
        until_s = monotonic() + self._group_wait_s
        while size < self._group_bytes:
            try:
                item = self._next(until_s)
            except Empty:
                break
            if item is None:
                return group, True
            group.append(item)
            size += len(item[0].body)
        return group, False

    def _next(self, until_s: float) -> tuple[Envelope, Ticket] | None:
        """Return what waits, or what is expected to come before `until_s`.

        Raises:
            Empty: nothing more for this group.
        """
        try:
            return self._queue.get_nowait()
        except Empty:
            left_s = until_s - monotonic()
            if self._expecting() <= 0 or left_s <= 0:
                raise
        return self._queue.get(timeout=left_s)

    def _write(self, group: list[tuple[Envelope, Ticket]]) -> None:
        envelopes = [envelope for envelope, _ in group]
        tickets = [ticket for _, ticket in group]
        events = sum(envelope.count for envelope in envelopes)
        blob = pack(envelopes)
        try:
            self._log.append(Lane.LIVE, [(blob, events)])
        except LogFull as full:
            self.counts.refused_groups += 1
            self._deliver(tickets, full)
            return
        self.counts.groups += 1
        self.counts.envelopes += len(group)
        self.counts.events += events
        self.counts.bytes += len(blob)
        self._deliver(tickets, None)
