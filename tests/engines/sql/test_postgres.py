"""The PostgreSQL database."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from storage.conformance_database import FOLDS, DatabaseConformance, everything

from hamsafar.engines.sql import open_database
from hamsafar.engines.sql.postgres import PostgresDatabase
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import UnsupportedEngine
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Statement

pytestmark = pytest.mark.postgres


@pytest.fixture
def empty(postgres_url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url)
    yield database
    database.close()


@pytest.fixture
def database(empty: PostgresDatabase) -> PostgresDatabase:
    empty.migrate()
    return empty


@pytest.fixture
def open_again(postgres_url: str) -> Callable[[], Database]:
    return lambda: open_database(postgres_url)


class TestConformance(DatabaseConformance):
    pass


class TestOpen:
    def test_a_server_that_is_not_there_is_retriable(self):
        with pytest.raises(Retriable):
            PostgresDatabase("postgresql://nobody@127.0.0.1:1/none")

    def test_refuses_another_encoding(self, postgres_server):
        postgres_server.execute(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        try:
            with pytest.raises(UnsupportedEngine, match="LATIN1"):
                PostgresDatabase(postgres_server.url("latin"))
        finally:
            postgres_server.drop("latin")

    def test_commits_wait_for_the_disk(self, database: PostgresDatabase, postgres_server):
        name = database_name(database)
        postgres_server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        other = PostgresDatabase(postgres_server.url(name))
        with other.read() as tx:
            assert tx.rows(Statement("t.s", "SHOW synchronous_commit")) == [("on",)]
        other.close()

    def test_our_text_columns_sort_by_bytes(self, database: PostgresDatabase):
        with database.read() as tx:
            rows = tx.rows(
                Statement(
                    "t.collation",
                    "SELECT table_name, column_name, collation_name FROM information_schema.columns"
                    " WHERE table_schema = 'public' AND data_type = 'text'",
                )
            )
        assert rows
        assert [row for row in rows if row[2] != "C"] == []


class TestFaults:
    def test_goes_on_after_its_connections_were_cut(self, database: PostgresDatabase, postgres_url):
        with database.write() as tx:
            tx.upsert(FOLDS, [(1, b"a")])
        cut(postgres_url)
        with database.write() as tx:
            tx.upsert(FOLDS, [(2, b"b")])
        assert everything(database) == [(1, b"a"), (2, b"b")]

    def test_a_cut_inside_a_transaction_is_retriable(
        self, database: PostgresDatabase, postgres_url
    ):
        def work() -> None:
            with database.write() as tx:
                tx.upsert(FOLDS, [(1, b"a")])
                cut(postgres_url)
                tx.upsert(FOLDS, [(2, b"b")])

        with pytest.raises(Retriable):
            work()
        assert everything(database) == []

    def test_a_row_somebody_holds_is_retriable(self, database: PostgresDatabase, open_again):
        other = open_again()

        def work() -> None:
            with other.write() as second:
                second.run(Statement("t.quick", "SET LOCAL lock_timeout = '50ms'"))
                second.upsert(FOLDS, [(1, b"b")])

        with database.write() as tx:
            tx.upsert(FOLDS, [(1, b"a")])
            with pytest.raises(Retriable):
                work()
        other.close()
        assert everything(database) == [(1, b"a")]


def database_name(database: PostgresDatabase) -> str:
    with database.read() as tx:
        return str(tx.rows(Statement("t.n", "SELECT current_database()::text"))[0][0])


def cut(url: str) -> None:
    """End all other connections of a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
