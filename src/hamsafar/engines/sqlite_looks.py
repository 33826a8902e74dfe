"""The LookBook port on a small SQLite file of its own, which nothing else writes to for long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pysqlite3.dbapi2 as driver

from hamsafar.access.types import AuditEntry, Look
from hamsafar.engines.sql.faults import BUSY, FULL, sqlite_code
from hamsafar.engines.sql.sqlite import check_version, create_file
from hamsafar.kernel.errors import Retriable
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.errors import NewerData

FORMAT: Final = 1
"""Version of the layout; stands in the file's application_id."""
BUSY_TIMEOUT_S: Final = 5.0
PAGE_SIZE: Final = 4096

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS book (id TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS look (number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL, purpose TEXT NOT NULL, detail TEXT NOT NULL)""",
)
_ADD: Final = (
    "INSERT INTO look (at, actor, action, subject_kind, subject, purpose, detail)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_AFTER: Final = (
    "SELECT number, at, actor, action, subject_kind, subject, purpose, detail FROM look"
    " WHERE number > ? ORDER BY number LIMIT ?"
)


class SqliteLooks:
    """Looks on their way into the audit. Threads and other processes may share the file.

    It is made with the first look.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: driver.Connection | None = None
        self._id = ""
        self._broken = False

    @property
    def id(self) -> str:
        """Return the name of this very book; another file has another. Empty while there is none."""
        if not self._id and self._path.exists():
            with self._opened():
                """Opening tells."""
        return self._id

    def add(self, at: int, actor: str, entry: AuditEntry) -> None:
        """Keep a look; when this returns it is on disk.

        Raises:
            Retriable: it cannot be kept now, so nobody may look.
        """
        row = (at, actor, entry.action, entry.subject_kind, entry.subject)
        with self._opened() as connection:
            connection.execute(_ADD, (*row, entry.purpose, entry.detail))

    def after(self, number: int, limit: int) -> list[Look]:
        """Return the looks behind a number, oldest first."""
        if not self._path.exists():
            return []
        with self._opened() as connection:
            return [_look(row) for row in connection.execute(_AFTER, (number, limit))]

    def drop(self, through: int) -> None:
        """Forget looks up to a number; no later one gets their numbers."""
        with self._opened() as connection:
            connection.execute("DELETE FROM look WHERE number <= ?", (through,))

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _opened(self) -> Iterator[driver.Connection]:
        """Lend the one connection; each statement is a synced transaction of its own."""
        with self._lock:
            if self._broken:
                raise _cannot("an earlier write of it failed; the process must be started again")
            try:
                if self._connection is None:
                    self._connection = self._open()
                yield self._connection
            except driver.Error as error:
                # What a kernel could not sync it may call clean afterwards.
                self._broken = sqlite_code(error) not in {FULL, *BUSY}
                raise _cannot(str(error)) from error

    def _open(self) -> driver.Connection:
        check_version(driver.sqlite_version_info)
        create_file(self._path, PAGE_SIZE)
        connection = driver.connect(
            str(self._path),
            isolation_level=None,
            timeout=BUSY_TIMEOUT_S,
            check_same_thread=False,
        )
        try:
            self._id = self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: driver.Connection) -> str:
        """Set the connection up, make the tables, and return the name of the book."""
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        if found > FORMAT:
            message = f"the looks are of format {found}, this release reads up to {FORMAT}"
            raise NewerData(message, where=self._path.name)
        for pragma in ("synchronous=FULL", "fullfsync=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id={FORMAT}")
        for table in _TABLES:
            connection.execute(table)
        connection.execute(
            "INSERT INTO book SELECT ? WHERE NOT EXISTS (SELECT 1 FROM book)", (uuid7(),)
        )
        connection.execute("COMMIT")
        return str(connection.execute("SELECT id FROM book").fetchone()[0])


def _cannot(why: str) -> Retriable:
    message = f"who looks at whom cannot be kept, so nobody may look: {why}"
    return Retriable(message, after=timedelta(seconds=5), where="looks.db")


def _look(row: tuple[int, int, str, str, str, str, str, str]) -> Look:
    number, at, actor, action, subject_kind, subject, purpose, detail = row
    entry = AuditEntry(
        action=action, subject_kind=subject_kind, subject=subject, purpose=purpose, detail=detail
    )
    return Look(number=number, at=at, actor=actor, entry=entry)
