"""The embedded EventLog: an SQLite file of its own, one row per blob.

Each lane is a table keyed by offset; offsets are one sequence over both lanes and never return.
Every row carries its place in the lane (`n`), the events of the lane so far (`events`) and a CRC-32
over all of that and the blob. So the newest row *is* the lane's total, written in the same commit,
and a reader notices a changed byte, and a row gone missing, by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NoReturn

import pysqlite3.dbapi2 as driver

from hamsafar.engines.sql.faults import BUSY, DAMAGED, FULL, sqlite_code
from hamsafar.engines.sql.purge import purge
from hamsafar.engines.sql.sqlite import check_version, copy_file, create_file, size_on_disk
from hamsafar.engines.sql.turn import Turn
from hamsafar.engines.sqlite_log_rows import (
    DROP_ROWS,
    FORMAT,
    GONE_TABLE,
    LANE_TABLE,
    LogRow,
    check_format,
    checked,
    crc_of,
    drop_some,
    end_of,
    roll_back,
    rows_after,
    some_rows,
    update_blobs,
    verify_lane,
)
from hamsafar.kernel.clock import Clock, SystemClock
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import DamagedData, LogBroken, LogFull, NewerData
from hamsafar.storage.types import Lane, LogEnd, LogRecord, Rewritten

PAGE_SIZE: Final = 16_384
CHECKPOINT_PAGES: Final = 512
"""Pages in the WAL (8 MB) at which the appender moves them into the file: a short stall."""

SYNCHRONOUS: Final = "FULL"
"""A commit returns after fdatasync; anything less loses acknowledged events in a power cut."""

BUSY_TIMEOUT_S: Final = 5.0
DEFAULT_MAX_BYTES: Final = 32 * 1024**3
READERS: Final = 16


class SqliteLog:
    """The EventLog port on one SQLite file. Threads and other processes may share it."""

    def __init__(
        self, path: Path, *, max_bytes: int = DEFAULT_MAX_BYTES, clock: Clock | None = None
    ) -> None:
        """Open the log, and create it if it is not there.

        Args:
            path: the file; its WAL lies beside it.
            max_bytes: `append` raises `LogFull` when the live data would grow beyond this.
            clock: stamps `appended_at`.

        Raises:
            UnsupportedEngine: the SQLite library is too old.
            NewerData: a newer release wrote it.
            DamagedData: the file is not a log.
        """
        check_version(driver.sqlite_version_info)
        self._path = path
        self._max_pages = max(1, max_bytes // PAGE_SIZE)
        self._clock = clock or SystemClock()
        self._turn = Turn(path, timedelta(seconds=BUSY_TIMEOUT_S))
        self._appending = threading.Lock()
        self._pool_lock = threading.Lock()
        self._idle: list[driver.Connection] = []
        self._places: dict[tuple[Lane, int], int] = {}
        self._broken = False
        try:
            self._writer = self._create()
        except driver.Error as error:
            self._fail(error)

    def append(self, lane: Lane, records: Sequence[tuple[bytes, int]]) -> list[int]:
        """Append (blob, count) records in one synced commit and return their offsets.

        When this returns, the bytes are on disk (fsynced).

        Raises:
            LogFull: size limit or disk full, or a rewrite kept the file busy; nothing was kept.
            LogBroken: a sync failed; the caller must stop the process.
        """
        if not records:
            return []
        with self._appending:
            if self._broken:
                raise LogBroken("an earlier sync of the log failed", where=self._path.name)
            with self._writing(self._writer):
                offsets = self._insert(lane, records)
            self._checkpoint(self._writer)
        return offsets

    def read(self, lane: Lane, *, after: int, limit_bytes: int) -> list[LogRecord]:
        """Return records with offset > `after`, oldest first, at least one if there is any.

        Raises:
            DamagedData: a checksum does not match, or a record is missing.
        """
        records: list[LogRecord] = []
        n = self._places.pop((lane, after), 0)
        size = 0
        with self._lent() as connection, closing(rows_after(connection, lane, after)) as rows:
            for row in rows:
                record = checked(lane, row)
                size += len(record.blob)
                if records and size > limit_bytes:
                    break
                if n and row[1] != n + 1:
                    self._explain_gap(connection, lane, records[-1].offset if records else after)
                n = row[1]
                records.append(record)
        if records:
            self._remember_place(lane, records[-1].offset, n)
        return records

    def end(self, lane: Lane) -> LogEnd:
        """Return how far the lane reaches."""
        with self._lent() as connection:
            end = end_of(connection, lane)
        return LogEnd(offset=end.offset, events=end.events, bytes=size_on_disk(self._path))

    def drop(self, lane: Lane, *, through: int, older_than: int) -> int:
        """Drop records with offset <= `through` appended before `older_than`; return how many.

        Their pages are used again by later appends; `rewrite` gives them back to the disk.
        """
        dropped = 0
        with self._lent() as connection:
            while True:
                with self._writing(connection):
                    some = drop_some(connection, lane, through, older_than)
                self._checkpoint(connection)
                dropped += some
                if some < DROP_ROWS:
                    return dropped

    def rewrite(self, change: Callable[[bytes], bytes | None], *, after: int = 0) -> Rewritten:
        """Replace every blob by `change(blob)` (None: unchanged); return how far it came.

        Appends go on between its steps; what is appended meanwhile is rewritten too. A damaged
        record stops it.

        Raises:
            DamagedData: a record does not match its checksum.
        """
        with self._lent() as connection:
            # Taken first: offsets only grow, so a lane read to its end has all up to here.
            through = max(end_of(connection, lane).offset for lane in Lane)
            changed = sum(self._rewrite_lane(connection, lane, change, after) for lane in Lane)
        return Rewritten(changed, max(through, after))

    def scrub(self) -> None:
        """Physically remove what was replaced or dropped; appends wait for its last part.

        Raises:
            Retriable: a reader held an old snapshot, so old bytes may remain; do it again.
        """
        try:
            purge(self._path, self._turn)
        except driver.Error as error:
            self._fail(error)

    def verify(self) -> int:
        """Read and check every record of every lane; return how many there are.

        Raises:
            DamagedData: a byte changed, or records are missing.
        """
        seen = 0
        with self._lent() as connection:
            problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
            if problems != ["ok"]:
                raise DamagedData("; ".join(problems), where=self._path.name)
            for lane in Lane:
                seen += verify_lane(connection, lane)
        return seen

    def backup(self, to: Path) -> None:
        """Write a consistent copy while others append."""
        copy_file(self._path, to)

    def close(self) -> None:
        """Release the files."""
        with self._appending, self._pool_lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()
            self._writer.close()
            self._turn.close()

    def _create(self) -> driver.Connection:
        """Make the file if there is none, and return the appender's connection."""
        create_file(self._path, PAGE_SIZE)
        connection = self._connect()
        try:
            found = check_format(connection, self._path)
        except NewerData:
            connection.close()
            raise
        connection.execute("BEGIN IMMEDIATE")
        if not found:
            connection.execute(f"PRAGMA application_id={FORMAT}")
        for lane in Lane:
            connection.execute(LANE_TABLE.format(lane=lane.value))
        connection.execute(GONE_TABLE)
        connection.execute("COMMIT")
        return connection

    def _connect(self) -> driver.Connection:
        """Open a connection with our settings; it never checkpoints by itself."""
        connection = driver.connect(
            str(self._path), isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False
        )
        for pragma in (
            f"synchronous={SYNCHRONOUS}",
            "fullfsync=ON",
            "checkpoint_fullfsync=ON",
            "secure_delete=ON",
            "mmap_size=0",
            "cache_size=-4096",
            # SQLite swallows a failed sync of its automatic checkpoints; ours reports it.
            "wal_autocheckpoint=0",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    @contextmanager
    def _lent(self) -> Iterator[driver.Connection]:
        """Lend an idle connection."""
        with self._pool_lock:
            connection = self._idle.pop() if self._idle else None
        try:
            connection = connection or self._connect()
            yield connection
        except driver.Error as error:
            if connection is not None:
                connection.close()
            self._fail(error)
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        with self._pool_lock:
            self._idle.append(connection)

    @contextmanager
    def _writing(self, connection: driver.Connection) -> Iterator[None]:
        """Hold a write transaction, when it is our turn; commits, or rolls back on error."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._turn.held())
            except Retriable as error:
                raise LogFull(
                    "the log is busy (a rewrite is running)", where=error.where
                ) from error
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield
                connection.execute("COMMIT")
            except driver.Error as error:
                roll_back(connection)
                self._fail(error)
            except BaseException:
                roll_back(connection)
                raise

    def _fail(self, error: driver.Error) -> NoReturn:
        """Raise our error for what SQLite raised."""
        code = sqlite_code(error)
        where = self._path.name
        if code == FULL:
            raise LogFull("the disk is full", where=where) from error
        if code in BUSY:
            raise LogFull("the log is busy (a rewrite is running)", where=where) from error
        if code in DAMAGED:
            raise DamagedData(f"the log is damaged: {error}", where=where) from error
        self._broken = True
        raise LogBroken(f"the log cannot be written: {error}", where=where) from error

    def _insert(self, lane: Lane, records: Sequence[tuple[bytes, int]]) -> list[int]:
        """Insert the rows; returns their offsets."""
        connection = self._writer
        self._check_room(sum(len(blob) for blob, _ in records))
        end = end_of(connection, lane)
        offset = max(end.offset, *(end_of(connection, other).offset for other in Lane))
        now = self._clock.now_us()
        rows: list[LogRow] = []
        n, events = end.n, end.events
        for blob, count in records:
            offset, n, events = offset + 1, n + 1, events + count
            crc = crc_of(offset, n, events, count, now, blob)
            rows.append((offset, n, events, count, now, crc, blob))
        connection.executemany(f"INSERT INTO {lane.value} VALUES (?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608
        return [row[0] for row in rows]

    def _check_room(self, more: int) -> None:
        """Refuse what would grow the live data beyond the limit.

        Raises:
            LogFull: no room left.
        """
        pages = self._writer.execute("PRAGMA page_count").fetchone()[0]
        free = self._writer.execute("PRAGMA freelist_count").fetchone()[0]
        if pages - free + more // PAGE_SIZE + 1 > self._max_pages:
            limit = self._max_pages * PAGE_SIZE
            raise LogFull(f"the log has reached its limit of {limit} bytes", where=self._path.name)

    def _checkpoint(self, connection: driver.Connection) -> None:
        """Move the WAL into the file once it is long enough."""
        try:
            waiting = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
            if waiting[1] - waiting[2] >= CHECKPOINT_PAGES:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except driver.Error as error:
            if sqlite_code(error) != FULL:
                self._fail(error)

    def _remember_place(self, lane: Lane, offset: int, n: int) -> None:
        """Keep where a reader stopped, so that its next read notices a missing record."""
        if len(self._places) >= READERS:
            self._places.clear()
        self._places[lane, offset] = n

    def _explain_gap(self, connection: driver.Connection, lane: Lane, after: int) -> None:
        """Accept a gap that `drop` made.

        Raises:
            DamagedData: records are missing that nobody dropped.
        """
        row = connection.execute(
            "SELECT through FROM gone WHERE lane = ?", (lane.value,)
        ).fetchone()
        if row is None or row[0] <= after:
            raise DamagedData(
                f"records of lane {lane.value} after offset {after} are missing",
                where=f"{lane.value}:{after}",
            )

    def _rewrite_lane(
        self,
        connection: driver.Connection,
        lane: Lane,
        change: Callable[[bytes], bytes | None],
        after: int,
    ) -> int:
        """Rewrite one lane in short transactions, so that appends come between."""
        changed = 0
        while rows := some_rows(connection, lane, after):
            # Changed outside the transaction, which holds up appends; nobody else changes blobs.
            blobs = [(row, change(row[6])) for row in rows]
            updates = [
                (crc_of(*row[:5], blob), blob, row[0]) for row, blob in blobs if blob is not None
            ]
            if updates:
                with self._writing(connection):
                    changed += update_blobs(connection, lane, updates)
                self._checkpoint(connection)
            after = rows[-1][0]
        return changed
