"""Copying all tables between databases."""

import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from hamsafar.engines.sql import SqliteDatabase, copy_tables, digests
from hamsafar.engines.sql.copy import shape_of
from hamsafar.engines.sql.postgres import PostgresDatabase
from hamsafar.kernel.errors import Conflict
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Kind, Row, Statement, Upsert, Value

ADD_AUDIT = Statement(
    "t.audit",
    "INSERT INTO audit (at, actor, action, subject_kind, subject, purpose, detail, previous, hash)"
    " VALUES (1, 'a', 'b', 'c', 'd', 'e', 'f', :h, :h) RETURNING id",
)


def a_value(kind: Kind, number: int, rng: random.Random) -> Value:
    words = ["سلام", "نیم‌فاصله", "", "\U0001f600", "it's", "z" * 300, "\x01\x7f\u200f"]
    match kind:
        case Kind.INT:
            return rng.choice([0, -1, 2**63 - 1, -(2**63), number])
        case Kind.REAL:
            return rng.random()
        case Kind.TEXT:
            return rng.choice(words)
        case Kind.BYTES:
            return rng.randbytes(rng.choice([0, 1, 16, 1200]))


def fill(database: Database, rows_per_table: int = 40) -> None:
    """Put rows of every kind of value into every table."""
    rng = random.Random(5)
    with database.write() as tx:
        for table in database.tables():
            shape = shape_of(tx, table)
            rows: list[Row] = []
            for number in range(1, rows_per_table + 1):
                row = [a_value(column.kind, number, rng) for column in shape.columns]
                for place, column in enumerate(shape.columns):
                    # Unique by itself, so that any key or unique index holds.
                    if column.kind is Kind.INT and column.name in shape.key:
                        row[place] = number
                    elif column.kind is Kind.TEXT:
                        row[place] = f"{row[place]}{number}"
                    elif column.kind is Kind.BYTES:
                        row[place] = number.to_bytes(4) + bytes(row[place])
                    elif column.name == "seq":
                        row[place] = number
                rows.append(tuple(row))
            tx.upsert(Upsert(table, shape.columns), rows)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "main.db")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def target(tmp_path: Path) -> Iterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "other.db")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url)
    database.migrate()
    yield database
    database.close()


class TestCopy:
    @pytest.mark.postgres
    def test_there_and_back_is_the_same(self, source, postgres, target):
        fill(source)
        first = copy_tables(source, postgres)
        assert first == digests(source) == digests(postgres)
        assert copy_tables(postgres, target) == first
        assert digests(target) == first
        assert all(digest.rows == 40 for digest in first.values())

    @pytest.mark.postgres
    def test_automatic_numbers_go_on_where_they_stood(self, source, postgres, target):
        with source.write() as tx:
            for number in range(5):
                tx.rows(ADD_AUDIT, {"h": b"%d" % number})
            tx.run(Statement("t.del", "DELETE FROM audit WHERE id > 2"))
        copy_tables(source, postgres)
        copy_tables(postgres, target)
        for database in (source, postgres, target):
            with database.write() as tx:
                assert tx.rows(ADD_AUDIT, {"h": b"x"}) == [(6,)]

    @pytest.mark.postgres
    def test_numbers_of_an_empty_table_begin_at_one(self, source, postgres):
        copy_tables(source, postgres)
        with postgres.write() as tx:
            assert tx.rows(ADD_AUDIT, {"h": b"x"}) == [(1,)]

    @pytest.mark.postgres
    def test_a_backup_of_postgres_holds_the_same(self, postgres, tmp_path):
        fill(postgres, 5)
        postgres.backup(tmp_path / "backup.db")
        copy = SqliteDatabase(tmp_path / "backup.db")
        assert digests(copy) == digests(postgres)
        copy.close()
        assert {file.name for file in tmp_path.iterdir() if file.name.startswith(".")} == set()

    def test_refuses_a_target_that_is_not_empty(self, source, target):
        fill(source, 2)
        copy_tables(source, target)
        with pytest.raises(Conflict, match="not empty"):
            copy_tables(source, target)

    def test_refuses_another_release(self, source, tmp_path):
        other = SqliteDatabase(tmp_path / "old.db")
        other.migrate()
        with other.write() as tx:
            tx.run(Statement("t.v", "UPDATE alembic_version SET version_num = '0000'"))
        with pytest.raises(Conflict, match="releases"):
            copy_tables(source, other)
        other.close()

    def test_a_copy_that_differs_is_rolled_back(self, source, target):
        fill(source, 3)
        with target.write() as tx:
            tx.run(
                Statement(
                    "t.trigger",
                    "CREATE TRIGGER wrong AFTER INSERT ON activity BEGIN"
                    " UPDATE activity SET state = x'00' WHERE node = 1; END",
                )
            )
        with pytest.raises(DamagedData) as caught:
            copy_tables(source, target)
        assert caught.value.where == "activity"
        assert all(digest.rows == 0 for digest in digests(target).values())

    def test_takes_little_memory_for_large_rows(self, source, target):
        with source.read() as tx:
            shape = Upsert("activity", shape_of(tx, "activity").columns)
        with source.write() as tx:
            for number in range(100):
                tx.upsert(shape, [(number, bytes(1_000_000))])
        tracemalloc.start()
        copy_tables(source, target)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 80_000_000


class TestDigests:
    def test_one_changed_value_changes_one_digest(self, source):
        fill(source, 5)
        before = digests(source)
        with source.write() as tx:
            tx.run(Statement("t.u", "UPDATE activity SET state = x'01' WHERE node = 3"))
        after = digests(source)
        assert [table for table in before if before[table] != after[table]] == ["activity"]

    def test_do_not_depend_on_the_order_of_insertion(self, source, target):
        with source.read() as tx:
            into = Upsert("activity", shape_of(tx, "activity").columns)
        with source.write() as tx:
            tx.upsert(into, [(1, b"a"), (2, b"b")])
        with target.write() as tx:
            tx.upsert(into, [(2, b"b")])
            tx.upsert(into, [(1, b"a")])
        assert digests(source) == digests(target)
