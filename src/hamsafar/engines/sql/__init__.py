"""Databases on SQLAlchemy Core: SQLite for one machine, PostgreSQL for many.

`open_database` takes a file path or a `postgresql://` URL and returns the `Database` port.
`copy_tables` moves everything from one to another; `digests` says what each table holds.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from hamsafar.engines.sql.copy import Digest, copy_tables, digests
from hamsafar.engines.sql.sqlite import SqliteDatabase
from hamsafar.storage.errors import UnsupportedEngine
from hamsafar.storage.ports import Database

__all__ = [
    "Digest",
    "SqliteDatabase",
    "copy_tables",
    "digests",
    "open_database",
]


def open_database(where: str | Path) -> Database:
    """Open the database a path or URL names.

    Args:
        where: a file path, or `postgresql://user:password@host:port/name`.

    Raises:
        UnsupportedEngine: the scheme is unknown, or the engine is too old.
    """
    if isinstance(where, Path):
        return SqliteDatabase(where)
    scheme, separator, rest = where.partition("://")
    if not separator:
        return SqliteDatabase(Path(where))
    if scheme == "sqlite":
        return SqliteDatabase(Path(rest))
    if scheme in {"postgresql", "postgres"}:
        # psycopg is loaded only where it is needed.
        engine = import_module("hamsafar.engines.sql.postgres")
        found: Database = engine.PostgresDatabase("postgresql://" + rest)
        return found
    raise UnsupportedEngine(f"no database engine for {scheme}://; use a path or postgresql://")
