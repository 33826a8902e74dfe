"""Which data this release reads, and whether a database is still the one in use."""

from __future__ import annotations

from hamsafar.kernel.errors import Conflict
from hamsafar.storage.errors import NewerData
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Statement

DATA_VERSION = 1
"""Grows when stored bytes change their meaning without the schema or a file format changing."""

_STATE = Statement("wiring.state", "SELECT data_version, moved_at FROM workspace WHERE id = 1")
_MARK = Statement("wiring.mark", "UPDATE workspace SET moved_at = :now WHERE id = 1")


def check_data(database: Database) -> None:
    """Refuse data this release must not touch.

    Raises:
        NewerData: a newer release wrote it.
        Conflict: `hamsafar move` copied it elsewhere; writing here would part the two.
    """
    with database.read() as tx:
        rows = tx.rows(_STATE)
    if not rows:
        return
    version = int(str(rows[0][0]))
    if version > DATA_VERSION:
        raise NewerData(
            f"the data is of version {version}, this release reads up to {DATA_VERSION};"
            " install the newer release again, or restore a backup made by this one",
            where="data_version",
        )
    if rows[0][1] is not None:
        message = (
            "this database was moved elsewhere by `hamsafar move` and is out of use;"
            " unset HAMSAFAR_DATABASE, or set it to the new place"
        )
        raise Conflict(message, where="HAMSAFAR_DATABASE")


def mark_moved(database: Database, now: int) -> None:
    """Put a database out of use: from `now` (µs) on its content lives elsewhere."""
    with database.write() as tx:
        tx.run(_MARK, {"now": now})
