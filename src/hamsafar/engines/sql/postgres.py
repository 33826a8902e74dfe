"""The scale-out database: PostgreSQL 15 or newer, through psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

import psycopg
from psycopg.abc import Buffer
from psycopg.pq import Format
from psycopg.rows import RowFactory
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper, NumericBinaryLoader
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from hamsafar.engines.sql.arrays import SQL_TYPE, BinaryArray, BinaryArrayDumper, binary_array
from hamsafar.engines.sql.copy import copy_tables
from hamsafar.engines.sql.faults import BUSY_AFTER, DRIVER_FAULTS, translate
from hamsafar.engines.sql.migrate import VERSION_TABLE, upgrade
from hamsafar.engines.sql.sqlite import SqliteDatabase, copy_file
from hamsafar.engines.sql.tx import (
    SqlTx,
    Texts,
    by_key,
    check_texts,
    control,
    on_clash,
    quoted,
    roll_back,
)
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import UnsupportedEngine
from hamsafar.storage.types import Column, Lookup, Remove, Row, Statement, Upsert, Value

OLDEST: Final = 15

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_LIST_TABLES: Final = Statement(
    "postgres.tables",
    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
)
_SIZE: Final = Statement("postgres.size", "SELECT pg_database_size(current_database())")
_SEGMENTS: Final = "SELECT count(*) FROM pg_ls_waldir()"
_SETTINGS: Final = (
    # A server that waits for more than its own disk (remote_apply) keeps that.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)


class BinaryCursor(psycopg.Cursor[Row]):
    """A cursor that receives binary values: bytes would come as hexadecimal text otherwise."""

    def __init__(
        self, connection: psycopg.Connection[Row], *, row_factory: RowFactory[Row] | None = None
    ) -> None:
        super().__init__(connection, row_factory=row_factory or connection.row_factory)
        self.format = Format.BINARY


class NumberLoader(NumericBinaryLoader):
    """Reads numeric as int or float: `sum()` of integers is numeric here, an integer on SQLite."""

    # psycopg promises a Decimal; ours stands in its place on our own connections only.
    def load(self, data: Buffer) -> int | float:  # type: ignore[override]
        """Return the number."""
        number: Decimal = super().load(data)
        return int(number) if number == number.to_integral_value() else float(number)


class PostgresTx(SqlTx):
    """A transaction on PostgreSQL."""

    def lock(self, name: str) -> None:
        """Hold a named lock until the transaction ends; another write that wants it waits."""
        self._execute("lock", _LOCK, (name,))

    def upsert(self, into: Upsert, rows: Sequence[Row]) -> None:
        """Insert or update many rows in one set-based call."""
        if not rows:
            return
        rows = by_key(into, rows)
        if into.update:
            rows = _last_of_each(into, rows)
        name = f"upsert.{into.table}"
        arrays = tuple(
            self._array(name, column, [row[index] for row in rows])
            for index, column in enumerate(into.columns)
        )
        columns = quoted(column.name for column in into.columns)
        marks = ", ".join(f"%s::{SQL_TYPE[column.kind]}[]" for column in into.columns)
        sql = f'INSERT INTO "{into.table}" ({columns}) SELECT * FROM unnest({marks})'  # noqa: S608
        self._execute(name, sql + on_clash(into.key, into.update), arrays)

    def lookup(self, what: Lookup, keys: Sequence[Value]) -> list[Row]:
        """Fetch many rows by key in one set-based call."""
        if not keys:
            return []
        name = f"lookup.{what.table}"
        where = _among(what.key)
        sql = f'SELECT {quoted(what.columns)} FROM "{what.table}" WHERE {where}'  # noqa: S608
        return self._execute(name, sql, (self._array(name, what.key, keys),), fetch=True)[1]

    def remove(self, what: Remove, keys: Sequence[Value]) -> None:
        """Delete many rows by key in one set-based call."""
        if not keys:
            return
        name = f"remove.{what.table}"
        sql = f'DELETE FROM "{what.table}" WHERE {_among(what.key)}'  # noqa: S608
        self._execute(name, sql, (self._array(name, what.key, keys),))

    @staticmethod
    def _array(name: str, column: Column, values: Sequence[Value]) -> BinaryArray:
        check_texts(name, values, column.kind)
        try:
            return binary_array(column.kind, values)
        except (UnicodeError, OverflowError) as error:
            raise translate(error, name, "") from error


class PostgresDatabase:
    """The Database port on a PostgreSQL server."""

    def __init__(self, url: str) -> None:
        """Connect.

        Args:
            url: `postgresql://user:password@host:port/name`.

        Raises:
            UnsupportedEngine: the server is older than PostgreSQL 15, or not in UTF-8.
            Retriable: the server does not answer.
        """
        self._engine = _engine(make_url(url).set(drivername="postgresql+psycopg"))
        self._texts = Texts(self._engine)
        try:
            self._check_server()
        except BaseException:
            self.close()
            raise

    @property
    def dialect(self) -> str:
        """Return `postgresql`."""
        return "postgresql"

    @contextmanager
    def read(self) -> Iterator[PostgresTx]:
        """Open a read-only snapshot."""
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as connection:
            yield PostgresTx(connection, self._texts)

    @contextmanager
    def write(self, *, patience: timedelta | None = None) -> Iterator[PostgresTx]:
        """Open a write transaction (READ COMMITTED); commits at the end, rolls back on error."""
        with self._transaction("BEGIN ISOLATION LEVEL READ COMMITTED") as connection:
            if patience is not None:
                wait_ms = max(1, int(patience.total_seconds() * 1000))
                control(connection, f"SET LOCAL lock_timeout = {wait_ms}")
            yield PostgresTx(connection, self._texts)

    def migrate(self) -> None:
        """Bring the schema to this release; safe when two processes start at once."""
        with self._transaction("BEGIN ISOLATION LEVEL READ COMMITTED") as connection:
            control(connection, "SET LOCAL lock_timeout = 0")
            PostgresTx(connection, self._texts).lock("hamsafar.migrate")
            upgrade(connection)

    def tables(self) -> list[str]:
        """Return the names of all our tables, sorted."""
        with self.read() as tx:
            names = [str(row[0]) for row in tx.rows(_LIST_TABLES)]
        return [name for name in names if name != VERSION_TABLE]

    def backup(self, to: Path) -> None:
        """Write a consistent copy, an SQLite file, while others read and write."""
        with TemporaryDirectory(dir=to.parent, prefix=".backup-") as folder:
            file = Path(folder) / "main.db"
            copy = SqliteDatabase(file)
            try:
                copy.migrate()
                copy_tables(self, copy)
            finally:
                copy.close()
            copy_file(file, to)

    def scrub(self) -> None:
        """Physically remove what was deleted: after it, no byte of it is on disk.

        Rewrites every table (each is locked meanwhile) and turns over the write-ahead log. The
        role must be a superuser, or own the database and have pg_monitor, pg_checkpoint and
        `EXECUTE ON FUNCTION pg_switch_wal`.
        """
        names = [*self.tables(), VERSION_TABLE]
        with self._connected() as connection:
            control(connection, "SET lock_timeout = 0")
            for name in names:
                control(connection, f'VACUUM (FULL, ANALYZE) "{name}"')
            # The planner's statistics keep samples of the values.
            control(connection, "VACUUM FULL pg_catalog.pg_statistic")
            # An old segment of the log is kept under a future name, with its old bytes, until it is
            # written again: switch until every one of them has been.
            for _ in range(connection.exec_driver_sql(_SEGMENTS).scalar_one() + 3):
                control(connection, "SELECT pg_switch_wal()")
                control(connection, "CHECKPOINT")
            control(connection, "RESET lock_timeout")

    def size_bytes(self) -> int:
        """Return the bytes taken on disk."""
        with self.read() as tx:
            return int(str(tx.rows(_SIZE)[0][0]))

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        """Hold a transaction; commits at the end, rolls back on error."""
        with self._connected(begin) as connection:
            try:
                yield connection
                control(connection, "COMMIT")
            except BaseException:
                roll_back(connection)
                raise

    @contextmanager
    def _connected(self, first: str = "SELECT 1") -> Iterator[Connection]:
        """Lend a connection that has answered `first`; stale ones are replaced once."""
        connection = self._connect()
        try:
            try:
                control(connection, first)
            except Retriable:
                # The server restarted since the connection was made: the pool is fresh now.
                connection.close()
                connection = self._connect()
                control(connection, first)
            yield connection
        finally:
            connection.close()

    def _connect(self) -> Connection:
        try:
            return self._engine.connect()
        except (exc.OperationalError, exc.TimeoutError) as error:
            raise Retriable(
                "the PostgreSQL server does not answer, or has no connection free",
                after=BUSY_AFTER,
                where="database",
            ) from error
        except DRIVER_FAULTS as error:
            raise translate(error, "connect", "") from error

    def _check_server(self) -> None:
        """Refuse a server we do not support."""
        with self.read() as tx:
            version, encoding = tx.rows(
                Statement(
                    "postgres.server",
                    "SELECT current_setting('server_version_num'),"
                    " current_setting('server_encoding')",
                )
            )[0]
        major = int(str(version)) // 10_000
        if major < OLDEST:
            raise UnsupportedEngine(f"PostgreSQL {major} is too old; {OLDEST} or newer is needed")
        if str(encoding) != "UTF8":
            raise UnsupportedEngine(
                f"the database is in {encoding!s}; create it WITH ENCODING 'UTF8'"
            )


def _engine(url: URL) -> Engine:
    """Return a SQLAlchemy engine whose connections speak binary and 64-bit integers."""
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        hide_parameters=True,
        pool_size=5,
        max_overflow=27,
        pool_timeout=10,
        connect_args={
            "application_name": "hamsafar",
            "options": "-c lock_timeout=5s -c timezone=UTC",
            "prepare_threshold": 2,
            "cursor_factory": BinaryCursor,
        },
    )

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        adapters = cast("psycopg.Connection[Row]", connection).adapters
        adapters.register_dumper(int, Int8Dumper)
        adapters.register_dumper(int, Int8BinaryDumper)
        adapters.register_dumper(BinaryArray, BinaryArrayDumper)
        adapters.register_loader("numeric", NumberLoader)
        cursor = connection.cursor()
        cursor.execute(_SETTINGS)
        cursor.close()

    event.listen(engine, "connect", prepare)
    return engine


def _among(key: Column) -> str:
    """Return the condition that a key is in the array parameter."""
    return f'"{key.name}" = ANY(%s::{SQL_TYPE[key.kind]}[])'


def _last_of_each(into: Upsert, rows: Sequence[Row]) -> Sequence[Row]:
    """Keep the last row of each key: one statement may not update a row twice here."""
    names = [column.name for column in into.columns]
    key = itemgetter(*(names.index(name) for name in into.key))
    last = {key(row): row for row in rows}
    return rows if len(last) == len(rows) else list(last.values())
