"""The embedded database: one SQLite file in WAL mode, synchronous=FULL."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import pysqlite3.dbapi2 as driver
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from hamsafar.engines.sql.faults import DRIVER_FAULTS, of_sqlite, translate
from hamsafar.engines.sql.migrate import VERSION_TABLE, upgrade
from hamsafar.engines.sql.purge import purge
from hamsafar.engines.sql.turn import FileLock, Turn
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
from hamsafar.storage.errors import DiskBroken, UnsupportedEngine
from hamsafar.storage.types import Lookup, Remove, Row, Statement, Upsert, Value

OLDEST: Final = (3, 51, 3)
"""Before it a reset of the WAL could corrupt the file (3.7.0–3.51.2)."""

BUSY_TIMEOUT: Final = timedelta(seconds=5)
MIGRATION_TIMEOUT: Final = timedelta(minutes=10)
WRITER_CACHE_KIB: Final = 512 * 1024
"""Most the one writer's page cache grows to: the hot rows of some million people."""
READER_CACHE_KIB: Final = 8 * 1024
SYNCHRONOUS: Final = "FULL"
"""A commit returns after fdatasync; anything less loses it in a power cut."""

PAGE_SIZE: Final = 2048
"""Folds are small and lie at random: half the page is a third less work per row (measured)."""

CHECKPOINT_PAGES: Final = 65_536
"""Pages in the WAL (128 MB) at which a writer moves them into the file."""

IN_LIST: Final = 16_384
"""Most values of one IN list; a power of two, so that few different statements are prepared."""

_LIST_TABLES: Final = Statement(
    "sqlite.tables",
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    " ORDER BY name",
)


def check_version(version: tuple[int, int, int]) -> None:
    """Refuse a SQLite library that can corrupt a WAL database.

    Raises:
        UnsupportedEngine: older than 3.51.3.
    """
    if version < OLDEST:
        found = ".".join(map(str, version))
        raise UnsupportedEngine(
            f"SQLite {found} can corrupt WAL databases; 3.51.3 or newer is needed"
            " (install the pysqlite3 wheel)"
        )


class SqliteTx(SqlTx):
    """A transaction on SQLite."""

    def lock(self, name: str) -> None:
        """Do nothing: a write transaction of SQLite excludes all others already."""

    def upsert(self, into: Upsert, rows: Sequence[Row]) -> None:
        """Insert or update many rows in one set-based call."""
        if not rows:
            return
        name = f"upsert.{into.table}"
        for index, column in enumerate(into.columns):
            check_texts(name, (row[index] for row in rows), column.kind)
        columns = quoted(column.name for column in into.columns)
        marks = ", ".join("?" * len(into.columns))
        sql = f'INSERT INTO "{into.table}" ({columns}) VALUES ({marks})'  # noqa: S608
        self._execute(name, sql + on_clash(into.key, into.update), by_key(into, rows))

    def lookup(self, what: Lookup, keys: Sequence[Value]) -> list[Row]:
        """Fetch many rows by key in one set-based call."""
        name = f"lookup.{what.table}"
        head = f'SELECT {quoted(what.columns)} FROM "{what.table}" WHERE '  # noqa: S608
        found: list[Row] = []
        for chunk, marks in in_lists(keys):
            sql = f'{head}"{what.key.name}" IN ({marks})'
            found += self._execute(name, sql, chunk, fetch=True)[1]
        return found

    def remove(self, what: Remove, keys: Sequence[Value]) -> None:
        """Delete many rows by key in one set-based call."""
        name = f"remove.{what.table}"
        for chunk, marks in in_lists(keys):
            sql = f'DELETE FROM "{what.table}" WHERE "{what.key.name}" IN ({marks})'  # noqa: S608
            self._execute(name, sql, chunk)


def in_lists(keys: Sequence[Value]) -> Iterator[tuple[tuple[Value, ...], str]]:
    """Yield the keys in chunks with the marks of their IN list.

    A chunk is padded to a power of two by its last key, so that few statements are prepared.
    """
    for start in range(0, len(keys), IN_LIST):
        chunk = tuple(keys[start : start + IN_LIST])
        size = 1 << (len(chunk) - 1).bit_length()
        yield chunk + (chunk[-1],) * (size - len(chunk)), ",".join("?" * size)


class SqliteDatabase:
    """The Database port on one SQLite file; many processes may open it."""

    def __init__(self, path: Path) -> None:
        """Open the file, and create it if it is not there.

        Raises:
            UnsupportedEngine: the SQLite library is too old.
        """
        check_version(driver.sqlite_version_info)
        self._path = path
        self._migration = FileLock(path.with_name(path.name + "-migrate"))
        self._turn = Turn(path, BUSY_TIMEOUT)
        with self._migration.held(MIGRATION_TIMEOUT):
            create_file(path)
        self._writer = _engine(path, WRITER_CACHE_KIB, writer=True)
        self._reader = _engine(path, READER_CACHE_KIB, writer=False)
        self._texts = Texts(self._writer)
        self._broken = False

    @property
    def dialect(self) -> str:
        """Return `sqlite`."""
        return "sqlite"

    @contextmanager
    def read(self) -> Iterator[SqliteTx]:
        """Open a read-only snapshot."""
        with self._reader.connect() as connection:
            control(connection, "BEGIN")
            try:
                yield SqliteTx(connection, self._texts)
            finally:
                roll_back(connection)

    @contextmanager
    def write(self, *, patience: timedelta | None = None) -> Iterator[SqliteTx]:
        """Open a write transaction; commits at the end, rolls back on error."""
        self._refuse_if_broken()
        with self._turn.held(patience), self._writer.connect() as connection:
            control(connection, "BEGIN IMMEDIATE")
            try:
                yield SqliteTx(connection, self._texts)
                control(connection, "COMMIT")
            except DiskBroken:
                self._broken = True
                roll_back(connection)
                raise
            except BaseException:
                roll_back(connection)
                raise
        self._checkpoint()

    def migrate(self) -> None:
        """Bring the schema to this release; safe when two processes start at once."""
        with self._migration.held(MIGRATION_TIMEOUT), self._writer.connect() as connection:
            control(connection, "BEGIN IMMEDIATE")
            try:
                upgrade(connection)
                control(connection, "COMMIT")
            except BaseException:
                roll_back(connection)
                raise

    def tables(self) -> list[str]:
        """Return the names of all our tables, sorted."""
        with self.read() as tx:
            names = [str(row[0]) for row in tx.rows(_LIST_TABLES)]
        return [name for name in names if name != VERSION_TABLE]

    def backup(self, to: Path) -> None:
        """Write a consistent copy while others read and write."""
        copy_file(self._path, to)

    def scrub(self) -> None:
        """Physically remove what was deleted: after it, no byte of it is on disk.

        Raises:
            Retriable: a reader held an old snapshot for the whole busy timeout.
        """
        self._refuse_if_broken()
        try:
            purge(self._path, self._turn)
        except driver.Error as error:
            raise of_sqlite(error, "sqlite.scrub", "") from error

    def size_bytes(self) -> int:
        """Return the bytes taken on disk."""
        return size_on_disk(self._path)

    def _refuse_if_broken(self) -> None:
        if self._broken:
            raise DiskBroken("an earlier write of the database failed", where=self._path.name)

    def _checkpoint(self) -> None:
        """Move the WAL into the file once it is long enough, while others go on writing."""
        with self._writer.connect() as connection:
            try:
                _, length, moved = pragma(connection, "wal_checkpoint(NOOP)")
                if length - moved >= CHECKPOINT_PAGES:
                    pragma(connection, "wal_checkpoint(PASSIVE)")
            except Retriable:
                # A full disk: the commit itself is safe in the WAL, room may come.
                return
            except DiskBroken:
                self._broken = True
                raise

    def close(self) -> None:
        """Release connections."""
        self._reader.dispose()
        self._writer.dispose()
        self._turn.close()
        self._migration.close()


@contextmanager
def opened(path: Path) -> Iterator[driver.Connection]:
    """Lend a connection of the driver itself, created readable by its owner only."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    timeout = BUSY_TIMEOUT.total_seconds()
    with closing(driver.connect(str(path), isolation_level=None, timeout=timeout)) as connection:
        try:
            yield connection
        except driver.Error as error:
            raise of_sqlite(error, path.name, "") from error


def create_file(path: Path, page_size: int = PAGE_SIZE) -> None:
    """Make an empty WAL database, if there is none."""
    with opened(path) as connection:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute(f"PRAGMA page_size={page_size}")
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute("PRAGMA journal_mode=WAL")
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_file(source: Path, to: Path) -> None:
    """Write a consistent copy of a live SQLite file, synced, under its final name at the end."""
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    with opened(source) as live, opened(part) as copy:
        # One step under one snapshot: a stepwise copy starts over whenever somebody commits.
        live.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(to)
    sync_folder(to.parent)


def size_on_disk(path: Path) -> int:
    """Return the bytes of a SQLite file and its WAL."""
    total = 0
    for name in (path, path.with_name(path.name + "-wal")):
        with suppress(FileNotFoundError):
            total += name.stat().st_size
    return total


def pragma(connection: Connection, what: str) -> tuple[int, ...]:
    """Run a pragma that answers with one row of integers."""
    sql = f"PRAGMA {what}"
    try:
        return tuple(int(value) for value in connection.exec_driver_sql(sql).one())
    except DRIVER_FAULTS as error:
        raise translate(error, sql.lower(), sql) from error


def _engine(path: Path, cache_kib: int, *, writer: bool) -> Engine:
    """Return a SQLAlchemy engine whose connections carry our pragmas."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        module=driver,
        paramstyle="named",
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        hide_parameters=True,
        pool_size=2 if writer else 8,
        max_overflow=-1,
        # The connection used last has the warm cache.
        pool_use_lifo=True,
        pool_timeout=BUSY_TIMEOUT.total_seconds(),
        connect_args={"timeout": BUSY_TIMEOUT.total_seconds(), "check_same_thread": False},
    )
    pragmas = [
        f"PRAGMA synchronous={SYNCHRONOUS}",
        "PRAGMA fullfsync=ON",
        "PRAGMA checkpoint_fullfsync=ON",
        # Zeroes what is deleted inside pages. Pages freed whole keep their bytes until they are
        # reused or `scrub` gives them back: writing zeros there too would double the work of
        # `recent`, whose every block is deleted within a minute.
        "PRAGMA secure_delete=FAST",
        "PRAGMA mmap_size=0",
        "PRAGMA foreign_keys=ON",
        f"PRAGMA cache_size=-{cache_kib}",
        # SQLite swallows a failed sync of its automatic checkpoints; ours reports it.
        "PRAGMA wal_autocheckpoint=0",
        f"PRAGMA journal_size_limit={2 * CHECKPOINT_PAGES * PAGE_SIZE}",
        f"PRAGMA query_only={'OFF' if writer else 'ON'}",
    ]

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine, "connect", prepare)
    return engine
