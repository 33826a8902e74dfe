"""After `scrub`, nothing of what was deleted is left in any file."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from storage.conformance_database import DROP_FOLD, FOLDS, TOKEN

from hamsafar.engines.sql import SqliteDatabase, digests
from hamsafar.engines.sql.postgres import PostgresDatabase
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Statement

FORGET = Statement("t.forget", "DELETE FROM search_token WHERE token LIKE :like")


def canary() -> bytes:
    return f"canary-{random.SystemRandom().getrandbits(64):x}-end".encode()


def hits(folder: Path, needle: bytes) -> dict[str, int]:
    """How often the needle stands in each file below a folder."""
    found = {}
    for file in folder.rglob("*"):
        try:
            count = file.read_bytes().count(needle)
        except (FileNotFoundError, IsADirectoryError, OSError):
            continue
        if count:
            found[str(file.relative_to(folder))] = count
    return found


def live_and_die(database: Database, needle: bytes, *, rounds: int, seed: int) -> None:
    """Write the needle in many sizes among other rows, change and move them, then delete it."""
    rng = random.Random(seed)
    mine = list(range(0, 3000, 7))
    for _ in range(rounds):
        with database.write() as tx:
            others = [(n, rng.randbytes(rng.choice([5, 90, 400, 3000]))) for n in range(0, 3000, 3)]
            tx.upsert(FOLDS, [row for row in others if row[0] % 7])
            tx.upsert(FOLDS, [(n, needle * rng.choice([1, 5, 40, 300])) for n in mine])
            text = needle.decode()
            tx.upsert(TOKEN, [(f"{rng.random()} {text} {n}", n) for n in rng.sample(mine, 50)])
            tx.upsert(TOKEN, [(f"{rng.random()} other", n) for n in range(50)])
    with database.write() as tx:
        tx.remove(DROP_FOLD, mine[::2])
        tx.upsert(FOLDS, [(n, b"short") for n in mine[1::2]])
        tx.run(FORGET, {"like": f"%{needle.decode()}%"})


class TestSqlite:
    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[SqliteDatabase]:
        database = SqliteDatabase(tmp_path / "main.db")
        database.migrate()
        yield database
        database.close()

    @pytest.mark.parametrize("seed", range(12))
    def test_leaves_no_byte(self, database: SqliteDatabase, tmp_path: Path, seed: int):
        needle = canary()
        live_and_die(database, needle, rounds=4, seed=seed)
        assert hits(tmp_path, needle)
        database.scrub()
        assert hits(tmp_path, needle) == {}

    def test_changes_nothing_and_lets_others_go_on(self, database: SqliteDatabase, tmp_path: Path):
        """Other handles have old pages in their caches, and read and write meanwhile."""
        needle = canary()
        others = [SqliteDatabase(tmp_path / "main.db") for _ in range(2)]
        live_and_die(others[0], needle, rounds=3, seed=3)
        stop = threading.Event()
        wrong: list[object] = []

        def read() -> None:
            while not stop.is_set():
                with others[1].read() as tx:
                    found = dict(tx.rows(Statement("t.r", "SELECT node, state FROM activity")))
                if found != truth:
                    wrong.append(len(found))

        with database.read() as tx:
            truth = dict(tx.rows(Statement("t.r", "SELECT node, state FROM activity")))
        before = digests(database)
        thread = threading.Thread(target=read)
        thread.start()
        for _ in range(3):
            with suppress(Retriable):
                others[0].scrub()
        stop.set()
        thread.join()
        database.scrub()
        assert wrong == []
        assert digests(database) == before
        for handle in (*others, database):
            with handle.write() as tx:
                tx.upsert(FOLDS, [(n, b"%d" % n * 30) for n in range(0, 3000, 2)])
        assert hits(tmp_path, needle) == {}
        with database.read() as tx:
            assert tx.rows(Statement("t.check", "PRAGMA integrity_check")) == [("ok",)]
        for handle in others:
            handle.close()

    def test_gives_room_back(self, database: SqliteDatabase):
        live_and_die(database, canary(), rounds=2, seed=1)
        with database.write() as tx:
            tx.run(Statement("t.all", "DELETE FROM activity"))
        before = database.size_bytes()
        database.scrub()
        assert database.size_bytes() < before / 4

    def test_waits_for_a_reader_and_says_so(self, database: SqliteDatabase):
        with database.write() as tx:
            tx.upsert(FOLDS, [(1, b"a")])
        release = threading.Event()

        def read() -> None:
            with database.read() as tx:
                tx.rows(Statement("t.r", "SELECT count(*) FROM activity"))
                release.wait(30)

        thread = threading.Thread(target=read)
        thread.start()
        time.sleep(0.1)
        with database.write() as tx:
            tx.remove(DROP_FOLD, [1])
        with pytest.raises(Retriable, match="snapshot"):
            database.scrub()
        release.set()
        thread.join()
        database.scrub()


@pytest.mark.postgres
class TestPostgres:
    def test_leaves_no_byte(self, postgres_url: str, postgres_server):
        database = PostgresDatabase(postgres_url)
        database.migrate()
        needle = canary()
        live_and_die(database, needle, rounds=3, seed=1)
        with database.write() as tx:
            # Its samples would keep values in the planner's statistics.
            tx.upsert(TOKEN, [(needle.decode(), n) for n in range(200)])
            tx.run(Statement("t.analyze", "ANALYZE search_token"))
            tx.run(FORGET, {"like": f"%{needle.decode()}%"})
        postgres_server.execute("CHECKPOINT")
        assert hits(postgres_server.folder, needle)
        database.scrub()
        assert hits(postgres_server.folder, needle) == {}
        database.close()
