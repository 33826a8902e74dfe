"""Backups: whole, checked, written again after a death, and restored as a new epoch."""

import json
import os
import shutil
import threading
from pathlib import Path

import httpx
import pytest
from support.river import River, river, track
from support.service import service
from typer.testing import CliRunner

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, Job, JobKind, JobState
from hamsafar.cli.main import app
from hamsafar.kernel.errors import BadInput, Conflict
from hamsafar.wiring.build import opened
from hamsafar.wiring.canonical import canonical_digest
from hamsafar.wiring.restore import restore_files
from hamsafar.wiring.settings import read_settings
from hamsafar.worker.backup import SHEET, check_backup
from hamsafar.worker.build import build_worker

RUN = CliRunner()
LOCAL = local_caller("test")


def story(flow: River) -> None:
    """Two people, one of them merged, one quarantined event; part in history, part recent."""
    flow.send([track(f"a{i}", "Viewed", second=i, anonymousId="a1") for i in range(30)])
    flow.send([{"type": "identify", "messageId": "i", "anonymousId": "a1", "userId": "u1"}])
    flow.send([{"type": "track", "messageId": "bad", "userId": "u1"}])
    flow.flow()
    flow.worker.tidy()
    flow.send([track(f"b{i}", "Bought", second=i, userId="u2") for i in range(20)])
    flow.flow()


def ask(flow: River, kind: JobKind, args: dict[str, object]) -> Job:
    entry = AuditEntry(action="test", subject_kind="job", subject="")
    return flow.hamsafar.access.jobs.ask(LOCAL, kind, json.dumps(args), entry)


def backed_up(flow: River, to: Path) -> Job:
    job = ask(flow, JobKind.BACKUP, {"to": str(to)})
    flow.flow()
    return flow.hamsafar.access.jobs.get(job.id)


def restored(backup: Path, data: Path) -> None:
    result = RUN.invoke(app, ["restore", str(backup), "--data", str(data), "--json"])
    assert result.exit_code == 0, result.output


class TestBackup:
    @pytest.mark.parametrize(
        "on", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
    )
    def test_what_it_holds_is_what_was_there(self, tmp_path, on, request):
        url = request.getfixturevalue("postgres_url") if on == "postgresql" else ""
        with river(tmp_path / "data", database=url) as flow:
            story(flow)
            # Sent and not worked through: it must flow after the restore.
            flow.send([track("late", "Viewed", userId="u3")])
            job = ask(flow, JobKind.BACKUP, {"to": str(tmp_path / "copy")})
            flow.worker.do_jobs()
            assert flow.hamsafar.access.jobs.get(job.id).error == ""
            flow.flow()
            flow.worker.tidy()
            digest, sheet = canonical_digest(flow.hamsafar), flow.sheet()
            key = flow.hamsafar.access.sources.add_key(LOCAL, flow.source, "after the backup")
        restored(tmp_path / "copy", tmp_path / "new")
        with river(tmp_path / "new") as flow:
            assert flow.sheet()[-1] == 1
            flow.flow()
            assert canonical_digest(flow.hamsafar) == digest
            assert flow.sheet() == sheet
            assert flow.hamsafar.access.workspaces.get().epoch == 2
            assert flow.hamsafar.access.write_keys.find(key.secret) is None
            assert flow.hamsafar.store.verify() == []
            assert flow.hamsafar.log.verify() > 0
            flow.send([track("late", "Viewed", userId="u3"), track("new", "Viewed", userId="u3")])
            flow.flow()
            assert flow.sheet()[0] == sheet[0] + 1

    def test_it_is_readable_by_its_owner_only(self, tmp_path):
        with river(tmp_path / "data") as flow:
            story(flow)
            assert backed_up(flow, tmp_path / "copy").state is JobState.DONE
        for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]:
            if path.is_dir() or path.name in {"secret", "main.db", "log.db"}:
                assert path.stat().st_mode & 0o077 == 0, path

    def test_a_folder_that_is_not_empty_is_left_alone(self, tmp_path):
        (tmp_path / "copy").mkdir()
        (tmp_path / "copy" / "mine").write_text("x")
        with river(tmp_path / "data") as flow:
            job = backed_up(flow, tmp_path / "copy")
        assert (job.state, "not empty" in job.error) == (JobState.FAILED, True)
        assert [p.name for p in (tmp_path / "copy").iterdir()] == ["mine"]

    def test_a_place_that_cannot_be_written_fails_in_words_and_leaves_nothing(self, tmp_path):
        (tmp_path / "file").write_text("x")
        with river(tmp_path / "data") as flow:
            job = backed_up(flow, tmp_path / "file" / "copy")
        assert job.state is JobState.FAILED
        assert "cannot be written" in job.error
        assert sorted(p.name for p in tmp_path.iterdir()) == ["data", "file"]


class TestDeath:
    def test_a_half_written_backup_is_begun_anew_by_the_next_worker(self, tmp_path, monkeypatch):
        to = tmp_path / "copy"
        with river(tmp_path / "data") as flow:
            story(flow)
            job = ask(flow, JobKind.BACKUP, {"to": str(to)})
            monkeypatch.setattr("hamsafar.worker.backup.sync_write", _die)
            with pytest.raises(Died):
                flow.worker.do_jobs()
            monkeypatch.undo()
            assert not to.exists()
            assert (tmp_path / ".copy.partial" / "main.db").exists()
            _next_worker(flow)
            assert flow.hamsafar.access.jobs.get(job.id).state is JobState.DONE
        assert check_backup(to)
        assert not (tmp_path / ".copy.partial").exists()

    def test_a_backup_that_was_whole_already_is_not_written_again(self, tmp_path, monkeypatch):
        with river(tmp_path / "data") as flow:
            story(flow)
            job = ask(flow, JobKind.BACKUP, {"to": str(tmp_path / "copy")})
            jobs = type(flow.hamsafar.access.jobs)
            monkeypatch.setattr(jobs, "finish", _die)
            with pytest.raises(Died):
                flow.worker.do_jobs()
            monkeypatch.undo()
            before = (tmp_path / "copy" / SHEET).read_bytes()
            _next_worker(flow)
            assert flow.hamsafar.access.jobs.get(job.id).state is JobState.DONE
        assert (tmp_path / "copy" / SHEET).read_bytes() == before


class Died(BaseException):
    """The worker is gone: nothing after this line ran."""


def _die(*_: object, **__: object) -> None:
    raise Died


def _next_worker(flow: River) -> None:
    flow.worker = build_worker(flow.hamsafar)
    flow.worker.begin()
    flow.flow()


@pytest.fixture(scope="module")
def backup(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    with river(folder / "data") as flow:
        story(flow)
        assert backed_up(flow, folder / "copy").error == ""
    return folder / "copy"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


SPOILS = {
    "a flipped bit in the database": lambda f: flip(f / "main.db"),
    "a flipped bit in the log": lambda f: flip(f / "log.db"),
    "a flipped bit in history": lambda f: flip(next((f / "lake").glob("*.payloads"))),
    "a file too few": lambda f: next((f / "lake").iterdir()).unlink(),
    "a file too many": lambda f: (f / "lake" / "other.columns").write_bytes(b"x"),
    "a short file": lambda f: os.truncate(f / "log.db", 4096),
    "no sheet": lambda f: (f / SHEET).unlink(),
    "a torn sheet": lambda f: os.truncate(f / SHEET, 40),
    "a sheet that is no object": lambda f: (f / SHEET).write_text("[]"),
    "another format": lambda f: (f / SHEET).write_text('{"format": 2, "files": {}}'),
}


class TestRestore:
    @pytest.mark.parametrize("spoil", SPOILS)
    def test_a_damaged_backup_is_refused_before_anything_is_written(self, backup, tmp_path, spoil):
        shutil.copytree(backup, tmp_path / "copy")
        SPOILS[spoil](tmp_path / "copy")
        arguments = ["restore", str(tmp_path / "copy"), "--data", str(tmp_path / "new")]
        result = RUN.invoke(app, arguments)
        assert result.exit_code == 2
        assert not (tmp_path / "new").exists()

    def test_a_folder_in_use_is_left_alone(self, backup, tmp_path):
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "main.db").write_bytes(b"mine")
        arguments = ["restore", str(backup), "--data", str(tmp_path / "new")]
        assert RUN.invoke(app, arguments).exit_code == 2
        assert (tmp_path / "new" / "main.db").read_bytes() == b"mine"

    def test_killed_in_between_nobody_opens_it_and_it_can_be_run_again(
        self, backup, tmp_path, monkeypatch
    ):
        new = tmp_path / "new"
        new.mkdir()
        settings = read_settings(new, {})
        monkeypatch.setattr("hamsafar.wiring.restore.sync_folder", _die_later())
        with pytest.raises(Died):
            restore_files(backup, check_backup(backup), settings)
        monkeypatch.undo()
        assert (new / "main.db").exists()
        with pytest.raises(Conflict, match="interrupted"), opened(settings):
            pass
        restored(backup, new)
        with opened(settings) as hamsafar:
            assert hamsafar.access.workspaces.get().epoch == 2
            assert hamsafar.profiles.count() == 2

    def test_it_never_touches_the_server_the_environment_names(self, backup, tmp_path, monkeypatch):
        monkeypatch.setenv("HAMSAFAR_DATABASE", "postgresql://nobody@127.0.0.1:1/none")
        result = RUN.invoke(
            app, ["restore", str(backup), "--data", str(tmp_path / "new"), "--json"]
        )
        assert result.exit_code == 0, result.output
        assert "unset HAMSAFAR_DATABASE" in json.loads(result.stdout)["next"]
        assert (tmp_path / "new" / "main.db").exists()

    def test_nothing_else_may_lie_in_a_backup(self, backup, tmp_path):
        shutil.copytree(backup, tmp_path / "copy")
        (tmp_path / "copy" / "settings.json").write_text("{}")
        with pytest.raises(BadInput, match="does not belong"):
            check_backup(tmp_path / "copy")


def _die_later():
    """Die when the folders are synced, after the files were copied."""
    calls = []

    def sync(_folder: Path) -> None:
        calls.append(1)
        if len(calls) > 1:
            raise Died

    return sync


def batch(first: int, size: int) -> dict[str, object]:
    return {
        "batch": [
            {
                "type": "track",
                "messageId": f"load-{n}",
                "event": "Viewed",
                "userId": f"u{n % 40}",
                "properties": {"n": n, "text": "متن" * 20},
            }
            for n in range(first, first + size)
        ]
    }


class Load:
    """Sends batches until it is told to stop, and knows what was acknowledged."""

    def __init__(self, port: int, write_key: str) -> None:
        self.acked = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(port, write_key))

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)

    def _run(self, port: int, write_key: str) -> None:
        with httpx.Client(auth=(write_key, ""), trust_env=False, timeout=30) as client:
            while not self._stop.is_set():
                body = batch(self.acked, 100)
                answer = client.post(f"http://127.0.0.1:{port}/v1/batch", json=body)
                if answer.status_code == 200:
                    self.acked += 100
                self._stop.wait(0.02)


@pytest.mark.crash
class TestUnderLoad:
    def test_a_running_server_is_copied_whole_also_when_its_worker_dies(self, tmp_path):
        with service(tmp_path / "data") as running:
            with Load(running.port, running.write_key) as load:
                running.wait_worker()
                before = load.acked
                killer = threading.Timer(0.4, running.kill, ("worker",))
                killer.start()
                arguments = ["backup", str(tmp_path / "copy"), "--data", str(running.data)]
                result = RUN.invoke(app, [*arguments, "--json"])
                killer.join()
                after = load.acked
            assert result.exit_code == 0, result.output + running.last_words()
            running.settle()
            running.stop()
        assert after > before
        assert check_backup(tmp_path / "copy")
        restored(tmp_path / "copy", tmp_path / "new")
        shutil.rmtree(tmp_path / "copy")
        with opened(read_settings(tmp_path / "new", {})) as hamsafar:
            worker = build_worker(hamsafar)
            worker.begin()
            worker.drain()
            sheet = hamsafar.counts.sheet()
            assert before <= sheet.received <= after + 100
            assert (sheet.stored, sheet.lag_events) == (sheet.received, 0)
            people = hamsafar.profiles.lately(limit=100)
            assert sum(person.events for person in people) == sheet.stored
            worker.tidy()
            assert hamsafar.store.stats().events == sheet.stored
            assert hamsafar.access.workspaces.get().epoch == 2
        # The job of the backup itself is in it, unfinished; it is not done again.
        assert not (tmp_path / "copy").exists()
