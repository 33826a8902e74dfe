"""Rows of the SQLite event log: their schema, checksums and reading."""

from __future__ import annotations

import struct
import zlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pysqlite3.dbapi2 as driver

from hamsafar.storage.errors import DamagedData, NewerData
from hamsafar.storage.types import Lane, LogRecord

REWRITE_BYTES: Final = 8 * 1024**2
"""Bytes of blobs one step of a rewrite takes."""

DROP_ROWS: Final = 16
"""Records one step of a drop takes: appends come between its short transactions."""

FORMAT: Final = 1
"""Version of the log's layout; stands in the file's application_id."""

LogRow = tuple[int, int, int, int, int, int, bytes]
"""offset, n, events, count, appended_at, crc, blob."""

_HEAD: Final = struct.Struct("<qqqqq")

LANE_TABLE: Final = """
CREATE TABLE IF NOT EXISTS {lane} (
    "offset" INTEGER PRIMARY KEY, n INTEGER NOT NULL, events INTEGER NOT NULL,
    count INTEGER NOT NULL, appended_at INTEGER NOT NULL, crc INTEGER NOT NULL, blob BLOB NOT NULL)
"""
GONE_TABLE: Final = """
CREATE TABLE IF NOT EXISTS gone (
    lane TEXT PRIMARY KEY, "offset" INTEGER NOT NULL, n INTEGER NOT NULL, events INTEGER NOT NULL,
    through INTEGER NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class End:
    """The newest place of a lane: its offset, how many rows and events it ever had."""

    offset: int
    n: int
    events: int


def check_format(connection: driver.Connection, path: Path) -> int:
    """Return the format of a log file, 0 for a new one.

    Raises:
        NewerData: a newer release wrote it.
    """
    found = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if found > FORMAT:
        message = f"the log is of format {found}, this release reads up to {FORMAT}"
        raise NewerData(message, where=path.name)
    return found


def crc_of(offset: int, n: int, events: int, count: int, at: int, blob: bytes) -> int:
    """Return the checksum over a row."""
    return zlib.crc32(blob, zlib.crc32(_HEAD.pack(offset, n, events, count, at)))


def checked(lane: Lane, row: LogRow) -> LogRecord:
    """Return a row as a record.

    Raises:
        DamagedData: its checksum does not match.
    """
    offset, n, events, count, at, crc, blob = row
    try:
        intact = isinstance(blob, bytes) and crc_of(offset, n, events, count, at, blob) == crc
    except struct.error:
        # Damage may turn an integer into another type.
        intact = False
    if not intact:
        raise DamagedData(
            f"record {offset} of lane {lane.value} does not match its checksum",
            where=f"{lane.value}:{offset}",
        )
    return LogRecord(offset=offset, lane=lane, count=count, appended_at=at, blob=blob)


def rows_after(connection: driver.Connection, lane: Lane, after: int) -> driver.Cursor:
    """Return a cursor over the rows with a greater offset, oldest first; close it after use."""
    return connection.execute(
        f'SELECT "offset", n, events, count, appended_at, crc, blob FROM {lane.value}'  # noqa: S608
        ' WHERE "offset" > ? ORDER BY "offset"',
        (after,),
    )


def end_of(connection: driver.Connection, lane: Lane) -> End:
    """Return the newest place of a lane, also when all its rows were dropped."""
    row = connection.execute(
        f'SELECT "offset", n, events FROM {lane.value} ORDER BY "offset" DESC LIMIT 1'  # noqa: S608
    ).fetchone()
    gone = connection.execute(
        'SELECT "offset", n, events FROM gone WHERE lane = ?', (lane.value,)
    ).fetchone()
    return max((End(*found) for found in (row, gone) if found), key=_by_offset, default=_NOWHERE)


def _by_offset(end: End) -> int:
    return end.offset


_NOWHERE: Final = End(0, 0, 0)


def drop_some(connection: driver.Connection, lane: Lane, through: int, older_than: int) -> int:
    """Drop up to `DROP_ROWS` of the oldest droppable records; return how many."""
    end = end_of(connection, lane)
    cursor = connection.execute(
        f'DELETE FROM {lane.value} WHERE "offset" IN (SELECT "offset" FROM {lane.value}'  # noqa: S608
        ' WHERE "offset" <= ? AND appended_at < ? ORDER BY "offset" LIMIT ?)',
        (through, older_than, DROP_ROWS),
    )
    if cursor.rowcount:
        _remember(connection, lane, end, through)
    return int(cursor.rowcount)


def _remember(connection: driver.Connection, lane: Lane, end: End, through: int) -> None:
    """Keep the lane's totals and how far it was dropped."""
    connection.execute(
        'INSERT INTO gone (lane, "offset", n, events, through) VALUES (?, ?, ?, ?, ?)'
        ' ON CONFLICT (lane) DO UPDATE SET "offset" = excluded."offset", n = excluded.n,'
        " events = excluded.events, through = max(gone.through, excluded.through)",
        (lane.value, end.offset, end.n, end.events, min(through, end.offset)),
    )


def some_rows(connection: driver.Connection, lane: Lane, after: int) -> list[LogRow]:
    """Return the next few megabytes of rows."""
    rows: list[LogRow] = []
    size = 0
    with closing(rows_after(connection, lane, after)) as cursor:
        for row in cursor:
            size += len(checked(lane, row).blob)
            rows.append(row)
            if size >= REWRITE_BYTES:
                break
    return rows


def update_blobs(
    connection: driver.Connection, lane: Lane, updates: list[tuple[int, bytes, int]]
) -> int:
    """Replace blobs by (crc, blob, offset); return how many were still there."""
    sql = f'UPDATE {lane.value} SET crc = ?, blob = ? WHERE "offset" = ?'  # noqa: S608
    return int(connection.executemany(sql, updates).rowcount)


def verify_lane(connection: driver.Connection, lane: Lane) -> int:
    """Check every record of a lane and that none after the last drop is missing.

    Raises:
        DamagedData: a byte changed, or records are missing.
    """
    gone = connection.execute("SELECT through FROM gone WHERE lane = ?", (lane.value,)).fetchone()
    through = gone[0] if gone else 0
    expected = 0 if gone else 1
    seen = 0
    for row in rows_after(connection, lane, 0):
        checked(lane, row)
        if expected and row[1] != expected:
            raise DamagedData(
                f"records of lane {lane.value} before offset {row[0]} are missing",
                where=f"{lane.value}:{row[0]}",
            )
        expected = row[1] + 1 if row[0] > through or not gone else 0
        seen += 1
    return seen


def roll_back(connection: driver.Connection) -> None:
    """End the transaction if SQLite has not done so itself."""
    if connection.in_transaction:
        try:
            connection.execute("ROLLBACK")
        except driver.Error:
            connection.close()
