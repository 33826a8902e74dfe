"""What survives a killed process, a failing disk and a full one: SQLite log and database."""

import os
import random
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.crash import APPENDER, COMMITTER, MUTANT, Writer, acks, start, strace

from hamsafar.engines.sql import SqliteDatabase, open_database
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import LogFull, StorageError
from hamsafar.storage.types import Column, Kind, Lane, Statement, Upsert

pytestmark = pytest.mark.crash

WHOLE = 2**40
NODES = Statement("t.nodes", "SELECT node FROM activity ORDER BY node")
FOLDS = Upsert("activity", (Column("node", Kind.INT), Column("state", Kind.BYTES)), ("node",))
ROUNDS = int(os.environ.get("HAMSAFAR_KILLS", "4"))

MIGRATE = """
import sys
from hamsafar.engines.sql import open_database
sys.stdin.readline()
database = open_database(sys.argv[1])
database.migrate()
print(len(database.tables()))
"""
CREATE_LOG = """
import sys
from pathlib import Path
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.storage.types import Lane
sys.stdin.readline()
print(SqliteLog(Path(sys.argv[1])).append(Lane.LIVE, [(b"x", 1)]))
"""


def kept(path: Path) -> list[int]:
    """The numbers a log holds after a restart, checked."""
    log = SqliteLog(path)
    log.verify()
    numbers = [int(r.blob[:8]) for r in log.read(Lane.LIVE, after=0, limit_bytes=WHOLE)]
    log.close()
    return numbers


def stored(path: Path) -> list[int]:
    """The nodes a database holds after a restart, checked."""
    database = SqliteDatabase(path)
    with database.read() as tx:
        assert tx.rows(Statement("t.check", "PRAGMA integrity_check")) == [("ok",)]
        nodes = [int(str(row[0])) for row in tx.rows(NODES)]
    database.close()
    return nodes


def started_together(script: str, target: str) -> list[bytes]:
    """Run a script in three processes let go at once; returns what each printed."""
    processes = [start(script, target) for _ in range(3)]
    time.sleep(1)
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    results = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], results
    return [out for out, _ in results]


class TestStart:
    def test_processes_may_migrate_one_sqlite_file_at_once(self, tmp_path: Path):
        out = started_together(MIGRATE, str(tmp_path / "main.db"))
        assert len(set(out)) == 1
        assert int(out[0]) > 20

    @pytest.mark.postgres
    def test_processes_may_migrate_one_postgres_at_once(self, postgres_url: str):
        out = started_together(MIGRATE, postgres_url)
        assert len(set(out)) == 1
        assert int(out[0]) > 20

    def test_processes_may_create_one_log_at_once(self, tmp_path: Path):
        out = started_together(CREATE_LOG, str(tmp_path / "log.db"))
        assert sorted(out) == [b"[1]\n", b"[2]\n", b"[3]\n"]


class TestKill:
    def test_a_killed_appender_loses_nothing_it_acknowledged(self, tmp_path: Path):
        rng = random.Random(1)
        for round_ in range(ROUNDS):
            path = tmp_path / f"log{round_}.db"
            promised = self.killed(Writer(APPENDER, path, rng.choice([100, 40_000]), 10**6), rng)
            numbers = kept(path) if path.exists() else []
            assert numbers == list(range(len(numbers)))
            assert len(promised) <= len(numbers) <= len(promised) + 1

    @pytest.mark.parametrize("engine", ["sqlite", "postgres"])
    def test_a_killed_committer_loses_nothing_it_acknowledged(
        self, tmp_path: Path, engine: str, request: pytest.FixtureRequest
    ):
        rng = random.Random(2)
        target = str(tmp_path / "main.db")
        if engine == "postgres":
            target = request.getfixturevalue("postgres_url")
        promised = 0
        for _ in range(ROUNDS):
            writer = Writer(COMMITTER, target, rng.choice([50, 9_000]), 10**6)
            promised = max([promised, *self.killed(writer, rng)])
            database = open_database(target)
            database.migrate()
            with database.read() as tx:
                nodes = [int(str(row[0])) for row in tx.rows(NODES)]
            database.close()
            assert nodes == list(range(1, len(nodes) + 1))
            assert promised <= len(nodes) <= promised + 1
            promised = len(nodes)

    @staticmethod
    def killed(writer: Writer, rng: random.Random) -> list[int]:
        writer.wait_for_acks(1)
        time.sleep(rng.random() * 0.4)
        writer.kill()
        return writer.acks()


@pytest.fixture(scope="module")
def tracer() -> str:
    program = strace()
    if program is None:
        pytest.skip("strace is not installed, or may not trace here")
    return program


class TestSync:
    @pytest.mark.parametrize(
        ("script", "name"), [(APPENDER, "log.db"), (COMMITTER, "main.db")], ids=["log", "database"]
    )
    def test_every_acknowledgement_follows_a_sync_of_what_was_written(
        self, tracer: str, tmp_path: Path, script: str, name: str
    ):
        trace = tmp_path / "trace"
        process = start(
            script,
            tmp_path / name,
            3000,
            60,
            prefix=(
                tracer,
                "-f",
                "-y",
                "-e",
                "trace=fdatasync,fsync,write,pwrite64",
                "-o",
                str(trace),
            ),
        )
        out, _ = process.communicate(b"\n", timeout=120)
        assert len(acks(out)) == 60
        unsynced = False
        synced = acknowledged = 0
        wal = re.escape(f"/{name}-wal")
        for line in trace.read_text(errors="replace").splitlines():
            if re.search(rf"pwrite64\(\d+<[^>]*{wal}>", line):
                unsynced = True
            elif re.search(rf"f(data)?sync\(\d+<[^>]*{wal}>\)\s+= 0", line):
                unsynced = False
                synced += 1
            elif re.search(r'write\(1<[^>]*>, "ack ', line):
                acknowledged += 1
                assert not unsynced, line
                assert synced >= acknowledged, line
        assert acknowledged == 60

    @pytest.mark.parametrize(
        ("script", "name"), [(APPENDER, "log.db"), (COMMITTER, "main.db")], ids=["log", "database"]
    )
    @pytest.mark.parametrize("when", [20, 33])
    def test_a_failed_sync_breaks_the_writer_and_loses_nothing_acknowledged(
        self, tracer: str, tmp_path: Path, script: str, name: str, when: int
    ):
        path = tmp_path / name
        calls = "fdatasync,fsync"
        process = start(
            script,
            path,
            3000,
            10_000,
            prefix=(
                *(tracer, "-f", "-o", os.devnull, "-e", f"trace={calls}"),
                *("-e", f"inject={calls}:error=EIO:when={when}"),
            ),
        )
        out, error = process.communicate(timeout=120)
        assert process.returncode == 3, error
        assert out.endswith(b"broken\n")
        promised = acks(out)
        assert promised
        numbers = kept(path) if name == "log.db" else stored(path)
        assert set(promised) <= set(numbers)
        assert len(numbers) <= len(promised) + 1


@contextmanager
def mounted(kind: str, options: str, source: str, at: Path) -> Iterator[None]:
    """Mount a file system for a while; skips where we may not."""
    at.mkdir(exist_ok=True)
    command = ["mount", "-t", kind, "-o", options, source, str(at)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount {kind}: {done.stderr.strip()}")
    try:
        yield
    finally:
        for _ in range(50):
            if (
                subprocess.run(["umount", str(at)], capture_output=True, check=False).returncode
                == 0
            ):
                break
            time.sleep(0.1)
        else:
            subprocess.run(["umount", "-l", str(at)], check=False)


class TestFull:
    def test_a_full_disk_is_log_full_and_recovers(self, tmp_path: Path):
        disk = tmp_path / "disk"
        with mounted("tmpfs", "size=6m", "tmpfs", disk):
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(1_500_000))
            log = SqliteLog(disk / "log.db")
            done = self.fill(lambda n: log.append(Lane.LIVE, [(b"%08d" % n + bytes(90_000), 1)]))
            assert 10 < done < 60
            ballast.unlink()
            log.append(Lane.LIVE, [(b"%08d" % done, 1)])
            log.close()
            assert kept(disk / "log.db") == list(range(done + 1))

    def test_a_full_disk_is_retriable_in_the_database_and_recovers(self, tmp_path: Path):
        disk = tmp_path / "disk"
        with mounted("tmpfs", "size=6m", "tmpfs", disk):
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(1_500_000))
            database = SqliteDatabase(disk / "main.db")
            database.migrate()

            def write(number: int) -> None:
                with database.write() as tx:
                    tx.upsert(FOLDS, [(number, bytes(90_000))])

            done = self.fill(write)
            assert 10 < done < 60
            ballast.unlink()
            write(done)
            database.close()
            assert stored(disk / "main.db") == list(range(done + 1))

    @staticmethod
    def fill(write) -> int:
        for number in range(200):
            try:
                write(number)
            except (LogFull, Retriable):
                return number
        return 200


@pytest.mark.long
class TestPowerCut:
    """ext4 on a loop device, shut down without flushing: every page not synced is lost."""

    @pytest.mark.parametrize(
        ("script", "name"), [(APPENDER, "log.db"), (COMMITTER, "main.db")], ids=["log", "database"]
    )
    def test_loses_nothing_acknowledged(self, tmp_path: Path, script: str, name: str):
        for round_ in range(int(os.environ.get("HAMSAFAR_CUTS", "5"))):
            promised, numbers = cut_power(tmp_path, script, name, random.Random(round_))
            assert promised
            assert promised <= numbers, round_

    @pytest.mark.parametrize(
        ("script", "name"), [(APPENDER, "log.db"), (COMMITTER, "main.db")], ids=["log", "database"]
    )
    def test_would_notice_a_missing_sync(self, tmp_path: Path, script: str, name: str):
        lost = 0
        for round_ in range(3):
            rng = random.Random(round_)
            promised, numbers = cut_power(tmp_path, MUTANT + script, name, rng)
            lost += len(promised - numbers)
        assert lost > 0


def cut_power(
    folder: Path, script: str, name: str, rng: random.Random
) -> tuple[set[int], set[int]]:
    """Cut the power below a writer; return what it had acknowledged by then and what is left.

    What the writer acknowledges after the cut began is not counted: a machine without power
    acknowledges nothing.
    """
    if os.geteuid() != 0:
        pytest.skip("needs root to mount and shut down a file system")
    image, disk = folder / "image", folder / "disk"
    image.unlink(missing_ok=True)
    with image.open("wb") as handle:
        handle.truncate(256 * 1024**2)
    if subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=False).returncode != 0:
        pytest.skip("mkfs.ext4 does not work here")
    with mounted("ext4", "loop", str(image), disk):
        writer = Writer(script, disk / name, rng.choice([200, 30_000]), 10**6)
        writer.wait_for_acks(3)
        time.sleep(rng.random())
        promised = set(writer.acks())
        cut = subprocess.run(["xfs_io", "-x", "-c", "shutdown", str(disk)], check=False)
        writer.kill()
    if cut.returncode != 0:
        pytest.skip("cannot shut the file system down")
    with mounted("ext4", "loop", str(image), disk):
        try:
            left = kept(disk / name) if name == "log.db" else stored(disk / name)
        except (StorageError, OSError):
            left = []
    return promised, set(left)
