"""Runs the Alembic migrations on a connection that already holds a transaction and the lock."""

from __future__ import annotations

import threading
from importlib import import_module
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from hamsafar.storage.errors import NewerData

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the running migration in a global proxy."""

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


def newest() -> str:
    """Return the newest revision: file names begin with it, in order."""
    names = (path.name for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
    return max(names).partition("_")[0]


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision, inside the caller's transaction.

    Alembic takes a third of a second to load and to look; a schema that is up to date needs none.

    Raises:
        NewerData: a newer release has migrated it.
    """
    if inspect(connection).has_table(VERSION_TABLE):
        found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
        versions = [str(version) for (version,) in found]
        if versions == [newest()]:
            return
        _refuse_newer(versions)
    command, config = import_module("alembic.command"), import_module("alembic.config").Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def _refuse_newer(versions: list[str]) -> None:
    known = {path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py")}
    if unknown := sorted(set(versions) - known):
        raise NewerData(
            f"the database schema is {unknown[-1]}, this release knows up to {newest()};"
            " install the newer release again, or restore a backup made by this one",
            where="database",
        )
