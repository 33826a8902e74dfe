"""Physical removal from an SQLite file in WAL mode: after `purge` no deleted byte is in it."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import pysqlite3.dbapi2 as driver

from hamsafar.engines.sql.turn import Turn
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import DamagedData

PATIENCE: Final = timedelta(seconds=5)
POLL_S: Final = 0.02
STEP_PAGES: Final = 4096


def purge(path: Path, turn: Turn) -> None:
    """Remove what was deleted, by whoever had secure_delete=FAST or ON.

    1. Free pages go back to the file system, the WAL into the file.
    2. With the write lock held over the empty WAL, `blank` zeroes unused bytes inside pages.
    3. A commit makes every other connection forget its cached pages, which hold the old bytes.

    Others write between the steps of 1; they wait during 2 and 3.

    Raises:
        Retriable: a reader held an old snapshot, or others kept writing, for five seconds.
        DamagedData: a page is not well formed.
        driver.Error: anything else SQLite complains of.
    """
    # A connection of its own: its cache still holds old pages afterwards.
    timeout = PATIENCE.total_seconds()
    with closing(driver.connect(str(path), isolation_level=None, timeout=timeout)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=FULL")
        while connection.execute("PRAGMA freelist_count").fetchone()[0]:
            with turn.held():
                connection.execute(f"PRAGMA incremental_vacuum({STEP_PAGES})").fetchall()
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        with turn.held():
            _zero(connection, path)


def _zero(connection: driver.Connection, path: Path) -> None:
    """Zero unused bytes inside pages, with the write lock held over an empty WAL."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    wal = path.with_name(path.name + "-wal")
    while True:
        _empty_wal(connection, deadline)
        connection.execute("BEGIN IMMEDIATE")
        if wal.stat().st_size == 0:
            break
        connection.execute("ROLLBACK")
        _wait(deadline)
    try:
        roots = connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")
        _blank(path, [1, *(int(root) for (root,) in roots)])
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version={(version + 1) % 2**31}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    _empty_wal(connection, deadline + PATIENCE.total_seconds())


def _empty_wal(connection: driver.Connection, deadline: float) -> None:
    """Move all of the WAL into the file and cut it to nothing."""
    while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        _wait(deadline)


def _wait(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise Retriable("a reader still holds an old snapshot", after=PATIENCE, where="scrub")
    time.sleep(POLL_S)


def _blank(path: Path, roots: list[int]) -> None:
    """Run `blank` in a process of its own (see there why)."""
    program = Path(__file__).with_name("blank.py")
    command = [sys.executable, "-I", str(program), str(path), *map(str, roots)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise DamagedData(f"the file could not be cleaned: {reason}", where=path.name)
