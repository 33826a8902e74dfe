"""Turns what drivers raise into the errors of `storage`, naming the statement, never its values."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import exc

from hamsafar.kernel.errors import BadInput, HamsafarError, Retriable
from hamsafar.storage.errors import DamagedData, DiskBroken, KeyTaken, StatementFailed

BUSY: Final = frozenset({5, 6})
FULL: Final = 13
IOERR: Final = 10
DAMAGED: Final = frozenset({11, 26})
"""Primary result codes of SQLite: BUSY and LOCKED; FULL; IOERR; CORRUPT and NOTADB."""

_PASSING_STATES: Final = frozenset({"40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03"})
_FULL_STATES: Final = frozenset({"53100", "53200", "53300"})
_VALUE_STATES: Final = frozenset({"22003", "22021", "22P05", "54000"})
"""Number out of range; NUL or bad UTF-8; untranslatable; too long for an index (2,704 bytes)."""

_DAMAGED_STATES: Final = frozenset({"XX001", "XX002"})

BUSY_AFTER: Final = timedelta(seconds=1)
FULL_AFTER: Final = timedelta(seconds=30)

DRIVER_FAULTS: Final = (exc.DBAPIError, UnicodeError, OverflowError)
"""What a driver may raise while running a statement."""


def sqlite_code(error: BaseException | None) -> int:
    """Return the primary result code of an SQLite error, 0 when it carries none."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF if isinstance(code, int) else 0


def translate(error: Exception, name: str, sql: str) -> HamsafarError:
    """Return our error for what the driver raised while running statement `name`."""
    if isinstance(error, UnicodeError):
        return BadInput("text holds half of a surrogate pair; send valid Unicode", where=name)
    if isinstance(error, OverflowError):
        return BadInput("number does not fit into 64 bits", where=name)
    if not isinstance(error, exc.DBAPIError):
        return StatementFailed(name, sql, type(error).__name__)
    if error.connection_invalidated:
        return Retriable("the database connection was lost", after=BUSY_AFTER, where=name)
    if isinstance(error, exc.IntegrityError) and _is_key_clash(error.orig):
        return KeyTaken(name, sql, "a row with this key is there already")
    if sqlite_code(error.orig):
        return of_sqlite(error.orig, name, sql)
    return _of_postgres(str(getattr(error.orig, "sqlstate", "") or ""), error, name, sql)


def no_nul(name: str) -> BadInput:
    """Return the error for text that holds U+0000, which PostgreSQL cannot store."""
    return BadInput("text holds the character U+0000; remove it", where=name)


def _is_key_clash(original: BaseException | None) -> bool:
    """Tell a taken key (unique, primary) from other broken constraints."""
    if sqlite_code(original):
        # The driver does not tell the extended code; the message names columns, not values.
        return str(original).startswith("UNIQUE constraint failed")
    return getattr(original, "sqlstate", "") == "23505"


def of_sqlite(original: BaseException | None, name: str, sql: str) -> HamsafarError:
    """Return our error for what the SQLite driver itself raised."""
    primary = sqlite_code(original)
    if primary in BUSY:
        return Retriable("the database is busy", after=BUSY_AFTER, where=name)
    if primary == FULL:
        return Retriable("the disk is full", after=FULL_AFTER, where=name)
    if primary in DAMAGED:
        return DamagedData(f"the database file is damaged: {original}", where=name)
    if primary == IOERR:
        return DiskBroken(f"the database file cannot be written: {original}", where=name)
    return StatementFailed(name, sql, f"{original}")


def _of_postgres(state: str, error: exc.DBAPIError, name: str, sql: str) -> HamsafarError:
    if state in _PASSING_STATES or state.startswith("08"):
        return Retriable("the database asks to try again", after=BUSY_AFTER, where=name)
    if state in _FULL_STATES:
        return Retriable("the database has no room left", after=FULL_AFTER, where=name)
    if state in _VALUE_STATES:
        return BadInput(f"a value does not fit: {_headline(error)}", where=name)
    if state in _DAMAGED_STATES:
        return DamagedData(f"the database is damaged: {_headline(error)}", where=name)
    return StatementFailed(name, sql, _headline(error))


def _headline(error: exc.DBAPIError) -> str:
    """Return PostgreSQL's primary message: its detail lines would quote values."""
    diag = getattr(error.orig, "diag", None)
    primary = getattr(diag, "message_primary", None)
    return str(primary) if primary else type(error.orig).__name__
