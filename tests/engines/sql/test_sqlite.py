"""The SQLite database."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage.conformance_database import DatabaseConformance

from hamsafar.engines.sql import SqliteDatabase, open_database
from hamsafar.engines.sql.sqlite import check_version
from hamsafar.storage.errors import DamagedData, UnsupportedEngine
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Statement


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "main.db"


@pytest.fixture
def empty(path: Path) -> Iterator[SqliteDatabase]:
    database = SqliteDatabase(path)
    yield database
    database.close()


@pytest.fixture
def database(empty: SqliteDatabase) -> SqliteDatabase:
    empty.migrate()
    return empty


@pytest.fixture
def open_again(path: Path) -> Callable[[], Database]:
    return lambda: open_database(path)


class TestConformance(DatabaseConformance):
    pass


class TestOpen:
    def test_refuses_a_library_that_corrupts_the_wal(self):
        with pytest.raises(UnsupportedEngine, match=r"3\.40\.1"):
            check_version((3, 40, 1))
        check_version((3, 51, 3))

    def test_refuses_an_unknown_scheme(self):
        with pytest.raises(UnsupportedEngine, match="mysql"):
            open_database("mysql://x/y")

    def test_only_the_owner_may_read_the_files(self, database: SqliteDatabase, path: Path):
        assert database.tables()
        for file in path.parent.iterdir():
            assert file.stat().st_mode & 0o077 == 0, file

    def test_a_file_that_is_no_database_is_damaged_data(self, path: Path):
        path.write_bytes(b"not a database, just some text " * 100)
        with pytest.raises(DamagedData):
            SqliteDatabase(path)

    @pytest.mark.parametrize(
        ("pragma", "expected"),
        [
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("busy_timeout", 5000),
            ("secure_delete", 2),
            ("auto_vacuum", 2),
            ("mmap_size", 0),
            ("wal_autocheckpoint", 0),
        ],
    )
    def test_sets_its_safety_pragmas(self, database: SqliteDatabase, pragma, expected):
        ask = Statement("t.pragma", f"PRAGMA {pragma}")
        with database.write() as tx:
            assert tx.rows(ask) == [(expected,)]
        with database.read() as tx:
            assert tx.rows(ask) == [(expected,)]

    def test_closing_leaves_no_wal(self, database: SqliteDatabase, path: Path):
        with database.write() as tx:
            tx.run(Statement("t.i", "INSERT INTO channel (code, name) VALUES (1, 'web')"))
        database.close()
        assert not os.path.exists(f"{path}-wal")
