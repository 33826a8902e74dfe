"""Moving the database: SQLite to PostgreSQL and back, killed anywhere."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from support.river import river, track
from support.service import service
from typer.testing import CliRunner

from hamsafar.cli.main import app
from hamsafar.kernel.errors import BadInput, Conflict
from hamsafar.storage.errors import DamagedData
from hamsafar.wiring.build import opened
from hamsafar.wiring.canonical import canonical_digest
from hamsafar.wiring.move import move_database
from hamsafar.wiring.place import FILE, store_database, stored_database
from hamsafar.wiring.settings import read_settings

RUN = CliRunner()


class Died(BaseException):
    """The process is gone: nothing after this line ran."""


def filled(folder: Path) -> tuple[str, tuple[int, ...]]:
    """Fill a data folder; return its canonical digest and its sheet."""
    with river(folder) as flow:
        flow.send([track(f"a{i}", "Viewed", second=i, anonymousId="a1") for i in range(40)])
        flow.send([{"type": "identify", "messageId": "i", "anonymousId": "a1", "userId": "سارا"}])
        flow.send([{"type": "track", "messageId": "bad", "userId": "u1"}])
        flow.flow()
        flow.worker.tidy()
        flow.send([track("last", "Bought", userId="u2")])
        flow.flow()
        return canonical_digest(flow.hamsafar), flow.sheet()


def moved(folder: Path, to: str, *more: str) -> dict[str, object]:
    result = RUN.invoke(app, ["move", "--to", to, "--data", str(folder), "--json", *more])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout.splitlines()[-1]))


def state(folder: Path, url: str = "") -> tuple[str, tuple[int, ...]]:
    with river(folder, database=url or stored_database(folder)) as flow:
        return canonical_digest(flow.hamsafar), flow.sheet()


@pytest.mark.postgres
class TestMove:
    def test_there_and_back_nothing_is_lost(self, tmp_path, postgres_url):
        before = filled(tmp_path)
        found = moved(tmp_path, postgres_url)
        assert found["digest"] == before[0]
        assert int(str(found["rows"])) > 20
        assert list(tmp_path.glob("main.db*")) == []
        assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
        assert state(tmp_path) == before
        with river(tmp_path, database=stored_database(tmp_path)) as flow:
            assert flow.hamsafar.database.dialect == "postgresql"
            flow.send([track("a1", "Viewed", second=1, anonymousId="a1")])
            flow.send([track("new", "Viewed", userId="u9")])
            flow.flow()
            assert flow.sheet() == (43, 1, 1, 0, 0)
        after = state(tmp_path)
        back = moved(tmp_path, "sqlite")
        assert back["digest"] == after[0]
        assert "drop it" in str(back["next"])
        assert stored_database(tmp_path) == ""
        assert state(tmp_path) == after
        with river(tmp_path) as flow:
            assert flow.hamsafar.database.dialect == "sqlite"
            flow.send([track("newer", "Viewed", userId="u9")])
            flow.flow()
            assert flow.sheet() == (44, 1, 1, 0, 0)

    def test_again_changes_nothing(self, tmp_path, postgres_url):
        before = filled(tmp_path)
        moved(tmp_path, postgres_url)
        assert moved(tmp_path, postgres_url) == {"rows": 0, "digest": ""}
        assert state(tmp_path) == before

    def test_the_old_file_can_be_kept_but_not_used(self, tmp_path, postgres_url):
        filled(tmp_path)
        moved(tmp_path, postgres_url, "--keep-old")
        assert [p.name for p in tmp_path.glob("main.db*")] == ["main.db.moved"]
        (tmp_path / "main.db.moved").rename(tmp_path / "main.db")
        (tmp_path / FILE).unlink()
        with pytest.raises(Conflict, match="moved elsewhere"), opened(read_settings(tmp_path, {})):
            pass

    def test_a_target_with_other_data_is_refused(self, tmp_path, postgres_url):
        with river(tmp_path / "other", database=postgres_url) as flow:
            flow.send([track("x", "Viewed", userId="somebody")])
            flow.flow()
        before = filled(tmp_path / "mine")
        arguments = ["move", "--to", postgres_url, "--data", str(tmp_path / "mine")]
        result = RUN.invoke(app, arguments)
        assert result.exit_code == 2
        assert "not empty" in result.output
        assert state(tmp_path / "mine") == before
        assert stored_database(tmp_path / "mine") == ""

    def test_a_copy_that_differs_is_never_used(self, tmp_path, postgres_url, monkeypatch):
        before = filled(tmp_path)
        digests = iter(["one", "other"])
        monkeypatch.setattr("hamsafar.wiring.move.canonical_digest", lambda _: next(digests))
        with pytest.raises(DamagedData, match="differs"):
            move_database(read_settings(tmp_path, {}), postgres_url)
        monkeypatch.undo()
        assert stored_database(tmp_path) == ""
        assert state(tmp_path) == before

    @pytest.mark.parametrize(
        "step",
        ["canonical_digest", "store_database", "mark_moved", "_remove_file"],
    )
    def test_killed_between_two_steps_the_same_command_goes_on(
        self, tmp_path, postgres_url, monkeypatch, step
    ):
        before = filled(tmp_path)

        def die(*_: object, **__: object) -> None:
            raise Died

        monkeypatch.setattr(f"hamsafar.wiring.move.{step}", die)
        with pytest.raises(Died):
            move_database(read_settings(tmp_path, {}), postgres_url)
        monkeypatch.undo()
        moved(tmp_path, postgres_url)
        assert list(tmp_path.glob("main.db*")) == []
        assert state(tmp_path) == before

    @pytest.mark.crash
    def test_kill_minus_nine_at_any_moment_loses_nothing(self, tmp_path, postgres_url):
        before = filled(tmp_path)
        command = [sys.executable, "-m", "hamsafar.cli", "move", "--to", postgres_url]
        for patience in (0.9, 1.5, 2.2, 3.0):
            process = subprocess.Popen(
                [*command, "--data", str(tmp_path)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(patience)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with psycopg.connect(postgres_url) as connection:
            # What the killed ones left open on the server is over before the next begins.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        moved(tmp_path, postgres_url)
        assert state(tmp_path) == before
        assert list(tmp_path.glob("main.db*")) == []

    def test_a_restored_backup_of_a_moved_folder_is_embedded_again(self, tmp_path, postgres_url):
        before = filled(tmp_path / "data")
        moved(tmp_path / "data", postgres_url)
        for arguments in (
            ["backup", str(tmp_path / "copy"), "--data", str(tmp_path / "data")],
            ["restore", str(tmp_path / "copy"), "--data", str(tmp_path / "new")],
        ):
            result = RUN.invoke(app, arguments)
            assert result.exit_code == 0, result.output
        assert not (tmp_path / "new" / FILE).exists()
        assert state(tmp_path / "new") == before


class TestRefusals:
    @pytest.mark.parametrize("to", ["", "mysql://x", "main.db", "/tmp/x.db", "sqlite:///x.db"])
    def test_other_places_are_refused(self, tmp_path, to):
        with pytest.raises(BadInput) as caught:
            move_database(read_settings(tmp_path, {}), to)
        assert caught.value.where == "--to"

    @pytest.mark.crash
    def test_a_running_server_is_not_moved(self, tmp_path):
        with service(tmp_path / "data") as running:
            arguments = ["move", "--to", "postgresql://x/y", "--data", str(running.data)]
            result = RUN.invoke(app, arguments)
            assert result.exit_code == 2
            assert "in use" in result.output
            assert not (running.data / FILE).exists()


class TestPlace:
    def test_the_environment_wins(self, tmp_path):
        store_database(tmp_path, "postgresql://stored/x")
        assert read_settings(tmp_path, {}).database == "postgresql://stored/x"
        environment = {"HAMSAFAR_DATABASE": "postgresql://given/x"}
        assert read_settings(tmp_path, environment).database == "postgresql://given/x"

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "database": 3}']
    )
    def test_an_unreadable_file_is_named(self, tmp_path, text):
        (tmp_path / FILE).write_text(text)
        with pytest.raises(BadInput) as caught:
            read_settings(tmp_path, {})
        assert caught.value.where == FILE
