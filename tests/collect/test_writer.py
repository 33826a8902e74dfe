from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hamsafar.collect.envelope import unpack
from hamsafar.collect.limits import Limits
from hamsafar.collect.types import Envelope
from hamsafar.collect.writer import LogWriter
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.storage.errors import LogBroken, LogFull
from hamsafar.storage.types import Lane


def envelope(number: int, size: int = 10) -> Envelope:
    return Envelope(1, "track", number, "127.0.0.1", "", 1, b"x" * size)


class Told:
    """What a writer told, with a way to wait for it."""

    def __init__(self) -> None:
        self.groups: list[tuple[list[int], LogFull | None]] = []
        self.broken: list[BaseException] = []
        self._changed = threading.Condition()

    def deliver(self, tickets: Sequence[int], full: LogFull | None) -> None:
        with self._changed:
            self.groups.append((list(tickets), full))
            self._changed.notify_all()

    def break_(self, error: BaseException) -> None:
        with self._changed:
            self.broken.append(error)
            self._changed.notify_all()

    def wait(self, until: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(until, timeout=10)

    @property
    def tickets(self) -> list[int]:
        return [ticket for tickets, _ in self.groups for ticket in tickets]


@pytest.fixture
def told() -> Told:
    return Told()


def writer(
    log: SqliteLog, told: Told, *, limits: Limits | None = None, expecting: Callable[[], int] = int
) -> LogWriter[int]:
    return LogWriter(
        log,
        limits or Limits(),
        deliver=told.deliver,
        on_broken=told.break_,
        expecting=expecting,
    )


class TestSubmit:
    def test_every_ticket_comes_back_once_and_its_envelope_is_in_the_log(
        self, tmp_path: Path, told: Told
    ) -> None:
        log = SqliteLog(tmp_path / "log.db")
        made = writer(log, told)
        made.start()
        for n in range(500):
            made.submit(envelope(n), n)
        made.close()
        assert told.tickets == list(range(500))
        records = log.read(Lane.LIVE, after=0, limit_bytes=1 << 30)
        stored = [one.received_at for record in records for one in unpack(record.blob)]
        assert stored == list(range(500))
        assert sum(record.count for record in records) == made.counts.events == 500
        assert made.counts.groups == len(records) == len(told.groups)
        log.close()

    def test_what_waits_shares_one_commit(self, tmp_path: Path, told: Told) -> None:
        log = SqliteLog(tmp_path / "log.db")
        made = writer(log, told)
        for n in range(50):
            made.submit(envelope(n), n)
        made.start()
        made.close()
        assert made.counts.groups == 1
        log.close()

    def test_a_group_ends_at_its_size(self, tmp_path: Path, told: Told) -> None:
        log = SqliteLog(tmp_path / "log.db")
        made = writer(log, told, limits=replace(Limits(), group_bytes=1_000))
        for n in range(10):
            made.submit(envelope(n, size=500), n)
        made.start()
        made.close()
        assert [len(tickets) for tickets, _ in told.groups] == [2] * 5
        log.close()

    def test_a_group_waits_for_requests_on_their_way(self, tmp_path: Path, told: Told) -> None:
        log = SqliteLog(tmp_path / "log.db")
        on_their_way = [1]
        limits = replace(Limits(), group_wait=timedelta(seconds=30))
        made = writer(log, told, limits=limits, expecting=lambda: on_their_way[0])
        made.start()
        made.submit(envelope(1), 1)
        on_their_way[0] = 0
        made.submit(envelope(2), 2)
        told.wait(lambda: len(told.tickets) == 2)
        assert len(told.groups) == 1
        made.close()
        log.close()

    def test_a_request_that_never_comes_is_waited_for_only_so_long(
        self, tmp_path: Path, told: Told
    ) -> None:
        log = SqliteLog(tmp_path / "log.db")
        made = writer(log, told, expecting=lambda: 1)
        made.start()
        made.submit(envelope(1), 1)
        told.wait(lambda: told.tickets == [1])
        made.close()
        log.close()


class FaultyLog(SqliteLog):
    """A real log whose appends fail from a moment on."""

    fault: Exception | None = None

    def append(self, lane: Lane, records: Sequence[tuple[bytes, int]]) -> list[int]:
        if self.fault is not None:
            raise self.fault
        return super().append(lane, records)


class TestFaults:
    def test_a_full_log_is_told_and_the_writer_goes_on(self, tmp_path: Path, told: Told) -> None:
        log = FaultyLog(tmp_path / "log.db")
        made = writer(log, told)
        made.start()
        log.fault = LogFull("the disk is full")
        made.submit(envelope(1), 1)
        told.wait(lambda: len(told.groups) == 1)
        log.fault = None
        made.submit(envelope(2), 2)
        told.wait(lambda: len(told.groups) == 2)
        made.close()
        assert isinstance(told.groups[0][1], LogFull)
        assert told.groups[1] == ([2], None)
        log.close()

    @pytest.mark.parametrize("fault", [LogBroken("sync failed"), RuntimeError("anything else")])
    def test_after_a_broken_log_nothing_is_ever_delivered(
        self, tmp_path: Path, told: Told, fault: Exception
    ) -> None:
        log = FaultyLog(tmp_path / "log.db")
        made = writer(log, told)
        made.start()
        log.fault = fault
        made.submit(envelope(1), 1)
        told.wait(lambda: bool(told.broken))
        log.fault = None
        made.submit(envelope(2), 2)
        made.close()
        assert told.broken == [fault]
        assert told.groups == []
        log.close()
