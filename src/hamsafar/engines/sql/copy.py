"""Copies every table from one database to another: `move`, `restore`, and backup of PostgreSQL.

Rows go in the order of their key, a few megabytes at a time, in one snapshot of the source and one
transaction of the target. Afterwards both sides are read and must have the same digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from msgspec import msgpack
from sqlalchemy import inspect, types

from hamsafar.engines.sql.migrate import VERSION_TABLE
from hamsafar.engines.sql.tx import SqlTx, quoted
from hamsafar.kernel.errors import Conflict
from hamsafar.storage.errors import DamagedData, UnsupportedEngine
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import Column, Kind, Row, Statement, Upsert, Value

CHUNK_BYTES: Final = 4 * 1024**2
CHUNK_ROWS: Final = 5_000
FIRST_ROWS: Final = 8

_VERSION: Final = Statement("copy.version", f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608
_SQLITE_MARKS: Final = Statement("copy.marks", "SELECT name, seq FROM sqlite_sequence")
_SQLITE_DROP_MARK: Final = Statement(
    "copy.drop_mark", "DELETE FROM sqlite_sequence WHERE name = :name"
)
_SQLITE_ADD_MARK: Final = Statement(
    "copy.add_mark", "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :mark)"
)
_POSTGRES_SEQUENCES: Final = Statement(
    "copy.sequences",
    "SELECT table_name::text, pg_get_serial_sequence(quote_ident(table_name), column_name)"
    " FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND is_identity = 'YES'",
)
_POSTGRES_SET_MARK: Final = Statement(
    "copy.set_mark", "SELECT setval(CAST(:sequence AS regclass), :mark)"
)


@dataclass(frozen=True, slots=True)
class Digest:
    """What a table holds: the same on every database for the same rows.

    Attributes:
        rows: how many.
        digest: BLAKE2b-128 over the rows in the order of their key, in MessagePack, hexadecimal.
    """

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's columns, and the names of its primary key."""

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


def copy_tables(source: Database, target: Database) -> dict[str, Digest]:
    """Copy every table into an empty, migrated database; returns what each table holds.

    Raises:
        Conflict: the target is not empty, or the two are of different releases.
        DamagedData: the copy does not equal the source.
        UnsupportedEngine: one of them is not an SQL database of ours.
    """
    with source.read() as reading, target.write() as writing:
        tables = source.tables()
        _check_fit(reading, writing, tables)
        copied = {table: _copy_table(reading, writing, table) for table in tables}
        _set_marks(writing, _marks(reading))
        for table, digest in copied.items():
            if digest_of(writing, table) != digest:
                raise DamagedData("the copy differs from the source", where=table)
    return copied


def digests(database: Database) -> dict[str, Digest]:
    """Return what every table holds, in one snapshot."""
    tables = database.tables()
    with database.read() as tx:
        return {table: digest_of(tx, table) for table in tables}


def digest_of(tx: Tx, table: str) -> Digest:
    """Return what a table holds, as this transaction sees it."""
    summary = _Summary()
    for rows in _chunks(tx, shape_of(tx, table)):
        summary.add(rows)
    return summary.digest()


def shape_of(tx: Tx, table: str) -> Shape:
    """Return the columns and key of a table.

    Raises:
        UnsupportedEngine: not an SQL database of ours, or a column type we do not use.
    """
    if not isinstance(tx, SqlTx):
        raise UnsupportedEngine("only SQL databases can be copied")
    inspector = inspect(tx.connection)
    columns = tuple(
        Column(str(column["name"]), _kind(column["type"]))
        for column in inspector.get_columns(table)
    )
    return Shape(table, columns, tuple(inspector.get_pk_constraint(table)["constrained_columns"]))


class _Summary:
    """Counts and hashes rows as they pass."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=16)
        self._rows = 0
        self._encode = msgpack.Encoder().encode

    def add(self, rows: list[Row]) -> None:
        self._rows += len(rows)
        for row in rows:
            self._hash.update(self._encode(row))

    def digest(self) -> Digest:
        return Digest(self._rows, self._hash.hexdigest())


def _kind(column_type: types.TypeEngine[object]) -> Kind:
    """Return our name of a column type."""
    kinds = (
        (types.Integer, Kind.INT),
        (types.Float, Kind.REAL),
        (types.String, Kind.TEXT),
        (types.LargeBinary, Kind.BYTES),
    )
    for known, kind in kinds:
        if isinstance(column_type, known):
            return kind
    raise UnsupportedEngine(f"column type {column_type} is not one of ours")


def _check_fit(reading: Tx, writing: Tx, tables: list[str]) -> None:
    """Refuse a target that is not empty or not of the same release."""
    if reading.rows(_VERSION) != writing.rows(_VERSION):
        raise Conflict("the two databases are of different releases; migrate both first")
    for table in tables:
        if writing.rows(Statement("copy.any", f'SELECT 1 FROM "{table}" LIMIT 1')):  # noqa: S608
            raise Conflict("the target is not empty; give a fresh database", where=table)


def _copy_table(reading: Tx, writing: Tx, table: str) -> Digest:
    shape = shape_of(reading, table)
    into = Upsert(table, shape.columns)
    summary = _Summary()
    for rows in _chunks(reading, shape):
        writing.upsert(into, rows)
        summary.add(rows)
    return summary.digest()


def _chunks(tx: Tx, shape: Shape) -> Iterator[list[Row]]:
    """Yield all rows in the order of the key, a few megabytes at a time."""
    names = [column.name for column in shape.columns]
    places = [names.index(name) for name in shape.key]
    head = f'SELECT {quoted(names)} FROM "{shape.table}"'  # noqa: S608
    marks = ", ".join(f":k{place}" for place in places)
    tail = f" ORDER BY {quoted(shape.key)} LIMIT :n"
    first = Statement(f"copy.{shape.table}", head + tail)
    after = Statement(first.name, f"{head} WHERE ({quoted(shape.key)}) > ({marks}){tail}")
    count = FIRST_ROWS
    rows = tx.rows(first, {"n": count})
    while rows:
        yield rows
        last = rows[-1]
        count = _next_count(count, rows)
        key: dict[str, Value] = {f"k{place}": last[place] for place in places}
        rows = tx.rows(after, {**key, "n": count})


def _next_count(count: int, rows: list[Row]) -> int:
    """Return how many rows the next chunk may take, by the size of this one."""
    size = sum(len(value) for row in rows for value in row if isinstance(value, (bytes, str)))
    wanted = CHUNK_BYTES * len(rows) // (size + 8 * len(rows))
    return max(1, min(wanted, 4 * count, CHUNK_ROWS))


def _marks(tx: Tx) -> dict[str, int]:
    """Return how far each automatic number has come, also where its rows are deleted since."""
    if tx.dialect == "sqlite":
        return {str(name): int(str(mark)) for name, mark in tx.rows(_SQLITE_MARKS)}
    marks: dict[str, int] = {}
    for table, sequence in tx.rows(_POSTGRES_SEQUENCES):
        ask = Statement("copy.mark", f"SELECT last_value, is_called FROM {sequence!s}")  # noqa: S608
        last, called = tx.rows(ask)[0]
        if called:
            marks[str(table)] = int(str(last))
    return marks


def _set_marks(tx: Tx, marks: Mapping[str, int]) -> None:
    """Let the automatic numbers go on where the source's stand."""
    if tx.dialect == "sqlite":
        for name, mark in marks.items():
            tx.run(_SQLITE_DROP_MARK, {"name": name})
            tx.run(_SQLITE_ADD_MARK, {"name": name, "mark": mark})
        return
    for table, sequence in tx.rows(_POSTGRES_SEQUENCES):
        if str(table) in marks:
            tx.rows(_POSTGRES_SET_MARK, {"sequence": sequence, "mark": marks[str(table)]})
