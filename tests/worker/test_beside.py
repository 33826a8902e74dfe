"""The river flows on while long jobs run beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, current_thread
from typing import TypeVar

import pytest

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, Job, JobId, JobKind, JobState
from hamsafar.engines.segments.store import SegmentStore
from hamsafar.engines.sql.sqlite import SqliteDatabase
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.storage.types import Statement
from hamsafar.wiring.restore import restore_files
from hamsafar.wiring.settings import read_settings
from hamsafar.worker import aside, backup
from hamsafar.worker.backup import check_backup
from hamsafar.worker.build import build_worker
from tests.support.river import River, river, track

T = TypeVar("T")
PATIENCE_S = 60.0
CANARY = "CANARY-5e1d"
LOCAL = local_caller("test")


class Gate:
    """Holds up the first call of something until it is opened."""

    def __init__(self, real: Callable[..., object]) -> None:
        self._real = real
        self.reached, self.opened = Event(), Event()
        self.thread = ""

    def call(self, *args: object, **kwargs: object) -> object:
        """Wait at the gate, the first time, then do the real thing."""
        if not self.reached.is_set():
            self.thread = current_thread().name
            self.reached.set()
            assert self.opened.wait(PATIENCE_S)
        return self._real(*args, **kwargs)


def gate_at(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> Gate:
    """Put a gate before a function or method."""
    gate = Gate(getattr(owner, name))

    def call(*args: object, **kwargs: object) -> object:
        return gate.call(*args, **kwargs)

    monkeypatch.setattr(owner, name, call)
    return gate


@contextmanager
def flowing(water: River) -> Iterator[None]:
    """Let the river flow in a thread, as a worker process does."""
    stop = Event()
    thread = Thread(target=water.worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def ask(water: River, kind: JobKind, args: dict[str, object]) -> JobId:
    entry = AuditEntry(action="test", subject_kind="job", subject="")
    return water.hamsafar.access.jobs.ask(LOCAL, kind, json.dumps(args), entry).id


def ended(water: River, job: JobId) -> Job:
    return until(
        lambda: (
            found
            if (found := water.hamsafar.access.jobs.get(job)).state
            in {JobState.DONE, JobState.FAILED}
            else None
        )
    )


def until(look: Callable[[], T | None]) -> T:
    """Return what `look` finds, in the end."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := look()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


def is_read(water: River, user: str, events: int) -> bool | None:
    """Return True once a person's profile has so many events."""
    person = water.hamsafar.profiles.find("user_id", user)
    if person is None:
        return None
    found = sum(a.count for a in water.hamsafar.profiles.profile(person).activity)
    return True if found == events else None


def story(water: River) -> int:
    """Two people with events in history and not yet; returns who is to go."""
    for n in range(5):
        water.send([track(f"c{n}", "Viewed", second=n, userId=CANARY, anonymousId="device")])
        water.send([track(f"s{n}", "Viewed", second=n, userId="stays")])
    water.flow()
    water.worker.tidy()
    water.send([track("c9", "Viewed", userId=CANARY), track("s9", "Viewed", userId="stays")])
    water.send([{"type": "track", "messageId": "bad", "userId": CANARY}])
    water.flow()
    person = water.hamsafar.profiles.find("user_id", CANARY)
    assert person is not None
    return int(person)


def send_and_read(water: River, times: int = 10) -> None:
    """Send one event after the other, each only when the one before can be read."""
    for n in range(times):
        water.send([track(f"meanwhile-{n}", "Viewed", userId="guest-1")])
        assert until(lambda sent=n + 1: is_read(water, "guest-1", sent))


def hits(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if CANARY.encode() in path.read_bytes()]


class TestBackup:
    """JobKind.BACKUP beside the river."""

    @pytest.mark.parametrize("where", ["the database", "the log", "history"])
    def test_events_are_readable_while_it_copies(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        owner, name = {
            "the database": (SqliteDatabase, "backup"),
            "the log": (SqliteLog, "backup"),
            "history": (backup, "sync_copy"),
        }[where]
        with river(tmp_path / "data") as water:
            story(water)
            gate = gate_at(monkeypatch, owner, name)
            with flowing(water):
                job = ask(water, JobKind.BACKUP, {"to": str(tmp_path / "copy")})
                assert gate.reached.wait(PATIENCE_S)
                send_and_read(water)
                assert water.hamsafar.access.jobs.get(job).state is JobState.RUNNING
                gate.opened.set()
                assert ended(water, job).error == ""
        settings = read_settings(tmp_path / "new", {})
        settings.data.mkdir()
        restore_files(tmp_path / "copy", check_backup(tmp_path / "copy"), settings)
        with river(tmp_path / "new") as water:
            water.flow()
            water.worker.tidy()
            stored, duplicates, _, _, lag = water.sheet()
            assert (duplicates, lag) == (0, 0)
            # Copied before the database: in the database; before the log: in the log.
            assert stored == (12 if where == "history" else 22)
            assert water.hamsafar.store.stats().events == stored

    def test_a_quick_job_need_not_wait_for_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path / "data") as water:
            story(water)
            gate = gate_at(monkeypatch, SqliteLog, "backup")
            with flowing(water):
                copy = ask(water, JobKind.BACKUP, {"to": str(tmp_path / "copy")})
                assert gate.reached.wait(PATIENCE_S)
                assert ended(water, ask(water, JobKind.DISCARD, {})).result == '{"discarded": 1}'
                assert water.hamsafar.access.jobs.get(copy).state is JobState.RUNNING
                gate.opened.set()
                assert ended(water, copy).error == ""

    def test_a_stopping_worker_leaves_it_to_the_next(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(aside, "GRACE_S", 0.1)
        with river(tmp_path / "data") as water:
            story(water)
            gate = gate_at(monkeypatch, SqliteLog, "backup")
            with flowing(water):
                job = ask(water, JobKind.BACKUP, {"to": str(tmp_path / "copy")})
                assert gate.reached.wait(PATIENCE_S)
            assert water.hamsafar.access.jobs.get(job).state is JobState.RUNNING
            gate.opened.set()
            # What was cut off puts itself back, unless its process is gone by then.
            queued = water.hamsafar.access.jobs
            until(lambda: True if queued.get(job).state is JobState.QUEUED else None)
            water.worker = build_worker(water.hamsafar)
            with flowing(water):
                assert ended(water, job).state is JobState.DONE
        assert check_backup(tmp_path / "copy")


STEPS = {
    "history": (SegmentStore, "erase"),
    "the log": (SqliteLog, "rewrite"),
    "the log's bytes": (SqliteLog, "scrub"),
    "the database's bytes": (SqliteDatabase, "scrub"),
}


class TestErase:
    """JobKind.ERASE beside the river."""

    @pytest.mark.parametrize("where", STEPS)
    def test_events_of_others_are_readable_while_it_works(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        with river(tmp_path / "data") as water:
            person = story(water)
            gate = gate_at(monkeypatch, *STEPS[where])
            with flowing(water):
                job = ask(water, JobKind.ERASE, {"person": person})
                assert gate.reached.wait(PATIENCE_S)
                assert gate.thread == "jobs"
                send_and_read(water)
                assert water.hamsafar.access.jobs.get(job).state is JobState.RUNNING
                gate.opened.set()
                assert ended(water, job).error == ""
            assert is_read(water, "stays", 6)
            assert water.hamsafar.profiles.find("user_id", CANARY) is None
            assert water.sheet()[-1] == 0
        assert hits(tmp_path) == []

    @pytest.mark.parametrize("where", ["history", "the log"])
    def test_what_comes_of_the_person_meanwhile_leaves_no_trace(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        with river(tmp_path / "data") as water:
            person = story(water)
            gate = gate_at(monkeypatch, *STEPS[where])
            with flowing(water):
                job = ask(water, JobKind.ERASE, {"person": person})
                assert gate.reached.wait(PATIENCE_S)
                water.send([track("late", "Viewed", userId=CANARY, email="x@example.com")])
                water.send([track("late-2", "Viewed", anonymousId="device", userId="other")])
                water.send([{"type": "track", "messageId": "bad-2", "userId": CANARY}])
                send_and_read(water, 3)
                gate.opened.set()
                assert ended(water, job).error == ""
                water.send([track("new", "Viewed", userId="stays")])
                assert until(lambda: is_read(water, "stays", 7))
            assert water.hamsafar.profiles.find("user_id", CANARY) is None
            assert water.hamsafar.profiles.find("user_id", "other") is None
            _, _, quarantined, rejected, lag = water.sheet()
            assert (quarantined, rejected, lag) == (2, 2, 0)
        assert hits(tmp_path) == []

    def test_what_was_read_ahead_is_not_kept(self, tmp_path: Path) -> None:
        with river(tmp_path / "data") as water:
            person = story(water)
            # One request far larger than a batch: most of it lies read in memory.
            many = [track(f"m{n}", "Viewed", userId=f"other-{n % 50}") for n in range(4_990)]
            last = [track(f"late-{n}", "Viewed", userId=CANARY) for n in range(10)]
            water.send([*many, *last])
            assert ask(water, JobKind.ERASE, {"person": person})
            while water.worker.turn():
                pass
            water.flow()
            assert water.hamsafar.profiles.find("user_id", CANARY) is None
            assert water.sheet()[-1] == 0
        assert hits(tmp_path) == []

    def test_who_is_joined_meanwhile_goes_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path / "data") as water:
            person = story(water)
            first = water.hamsafar.profiles.find("user_id", "stays")
            whole = SqliteLog.rewrite

            def joined(log: SqliteLog, *args: object, **kwargs: object) -> object:
                # As a late claim of two others would: nobody names the person in it.
                monkeypatch.setattr(SqliteLog, "rewrite", whole)
                with water.hamsafar.database.write() as tx:
                    sql = "UPDATE node SET person = :to WHERE person = :person"
                    tx.run(Statement("test.join", sql), {"person": first, "to": person})
                return whole(log, *args, **kwargs)

            monkeypatch.setattr(SqliteLog, "rewrite", joined)
            job = ask(water, JobKind.ERASE, {"person": person})
            water.flow()
            assert water.hamsafar.access.jobs.get(job).error == ""
            assert water.hamsafar.profiles.find("user_id", "stays") is None
        assert hits(tmp_path) == []

    def test_a_cut_waits_until_the_person_is_gone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path / "data") as water:
            person = story(water)
            nodes = [node.node for node in water.hamsafar.identity.members(person)]
            gate = gate_at(monkeypatch, SegmentStore, "erase")
            with flowing(water):
                job = ask(water, JobKind.ERASE, {"person": person})
                assert gate.reached.wait(PATIENCE_S)
                cut = ask(water, JobKind.SEVER, {"severance": "s", "a": nodes[0], "b": nodes[1]})
                send_and_read(water, 3)
                assert water.hamsafar.access.jobs.get(cut).state is JobState.QUEUED
                gate.opened.set()
                assert ended(water, job).error == ""
                assert ended(water, cut).state is JobState.FAILED
        assert hits(tmp_path) == []


class TestCompact:
    """JobKind.COMPACT beside the river."""

    def test_events_are_readable_while_it_compacts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path / "data") as water:
            story(water)
            gate = gate_at(monkeypatch, SegmentStore, "compact")
            with flowing(water):
                job = ask(water, JobKind.COMPACT, {})
                assert gate.reached.wait(PATIENCE_S)
                send_and_read(water)
                gate.opened.set()
                assert ended(water, job).error == ""


class TestReplay:
    """JobKind.REPLAY beside the river."""

    def test_batches_of_the_river_come_between_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hamsafar.worker.replay.AT_ONCE", 5)
        with river(tmp_path / "data") as water:
            held = [{"type": "track", "messageId": f"h{n}", "userId": "u"} for n in range(50)]
            water.send(held)
            water.flow()
            with flowing(water):
                job = ask(water, JobKind.REPLAY, {"fix": {"event": "Mended"}})
                send_and_read(water, 3)
                assert json.loads(ended(water, job).result)["stored"] == 50
            assert is_read(water, "u", 50)
            assert water.sheet()[-1] == 0
