"""Moves the database of a data folder elsewhere; log and history stay where they are.

Copy (one transaction of the target), compare table by table, compare the canonical exports, only
then remember the new place, and last put the old database out of use. Killed anywhere, the same
command goes on: before the copy is committed the target is empty, after it the two are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from hamsafar.engines.sql import copy_tables, digests, open_database
from hamsafar.kernel.errors import BadInput, Conflict
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.ports import Database
from hamsafar.wiring.build import opened
from hamsafar.wiring.canonical import canonical_digest
from hamsafar.wiring.place import store_database
from hamsafar.wiring.settings import Settings
from hamsafar.wiring.version import mark_moved

EMBEDDED = "sqlite"
"""The name of `DIR/main.db` as a target."""
OLD_SUFFIX = ".moved"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How a move ended.

    Attributes:
        rows: copied; 0 when the database was there already.
        digest: of the canonical export, the same on both sides; empty when nothing was to do.
    """

    rows: int
    digest: str


def move_database(
    settings: Settings, to: str, *, keep_old: bool = False, say: Say | None = None
) -> Moved:
    """Move the database to `to`: `postgresql://…`, or `sqlite` for `DIR/main.db`.

    The caller owns the data folder.

    Args:
        settings: as they are now.
        to: where to.
        keep_old: keep a SQLite file that is left, as `main.db.moved`, instead of removing it.
        say: is told each step in words.

    Raises:
        BadInput: `to` is no such place.
        Conflict: the target holds other data.
        DamagedData: the copy does not equal the source; nothing was changed.
    """
    tell = say or _silent
    target = replace(settings, database=_checked(to))
    if target.database_where == settings.database_where:
        if target.database:
            _remove_file(settings, keep=keep_old)
        return Moved(rows=0, digest="")
    with opened(settings) as source:
        tell("copying")
        rows = _copy(source.database, target)
        tell("comparing the canonical exports")
        digest = canonical_digest(source)
        with opened(target) as copy:
            if canonical_digest(copy) != digest:
                raise DamagedData("the canonical export of the copy differs", where="--to")
        store_database(settings.data, target.database)
        mark_moved(source.database, source.clock.now_us())
    if target.database and not settings.database:
        _remove_file(settings, keep=keep_old)
    return Moved(rows=rows, digest=digest)


def _silent(_step: str) -> None:
    """Say nothing."""


def _checked(to: str) -> str:
    if to == EMBEDDED:
        return ""
    if not to.startswith(("postgresql://", "postgres://")):
        raise BadInput(
            "give postgresql://user:password@host:port/name, or `sqlite` for the data folder itself",
            where="--to",
        )
    return to


def _copy(source: Database, target: Settings) -> int:
    """Copy all rows, unless an earlier run did; return how many there are."""
    with _migrated(target) as database:
        try:
            copied = copy_tables(source, database)
        except Conflict:
            copied = digests(source)
            if digests(database) != copied:
                raise
    return sum(digest.rows for digest in copied.values())


@contextmanager
def _migrated(target: Settings) -> Iterator[Database]:
    database = open_database(target.database_where)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


def _remove_file(settings: Settings, *, keep: bool) -> None:
    """Remove the SQLite file that was moved away, with all that lies beside it."""
    name = "main.db"
    if keep and (settings.data / name).exists():
        (settings.data / name).rename(settings.data / (name + OLD_SUFFIX))
    for path in [settings.data / name, *settings.data.glob(f"{name}-*")]:
        path.unlink(missing_ok=True)
