"""Errors of the storage ports.

HamsafarError
└── StorageError            something about stored data
    ├── StatementFailed     the database refused a statement (carries its name and SQL)
    │   └── KeyTaken        a row with this unique key is there already
    ├── LogFull             the log cannot accept more now (HTTP 503)
    ├── LogBroken           a sync failed: the process must exit, never acknowledge
    ├── DamagedData         a checksum or format does not match
    ├── NewerData           a newer release wrote it
    └── UnsupportedEngine   version or URL we refuse to run on
"""

from __future__ import annotations

from hamsafar.kernel.errors import HamsafarError


class StorageError(HamsafarError):
    """Root of this family."""


class StatementFailed(StorageError):
    """The database refused a statement.

    Attributes:
        statement: its name, for the log.
        sql: its text, without parameters (they may be personal).
    """

    def __init__(self, statement: str, sql: str, reason: str) -> None:
        super().__init__(f"statement {statement} failed: {reason}", where=statement)
        self.statement = statement
        self.sql = sql


class KeyTaken(StatementFailed):
    """A row with this unique key is there already."""


class LogFull(StorageError):
    """The log cannot take more now; try again later."""


class DiskBroken(StorageError):
    """A write or sync of a file failed: this process must exit, a new one starts from the disk.

    A kernel reports a failed sync once and then calls the lost pages clean, so trying again would
    look like success.
    """


class LogBroken(DiskBroken):
    """A sync of the log failed: nothing may be acknowledged any more by this process."""


class DamagedData(StorageError):
    """Stored bytes do not match their checksum or format version."""


class NewerData(StorageError):
    """A newer release wrote this data; this one must not touch it."""


class UnsupportedEngine(StorageError):
    """An engine, or its version, that we refuse to run on."""
