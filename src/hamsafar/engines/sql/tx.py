"""What both databases share: running named statements on one open connection."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, Protocol, cast

from sqlalchemy import Connection, Engine, exc, text

from hamsafar.engines.sql.faults import DRIVER_FAULTS, no_nul, translate
from hamsafar.storage.types import Kind, Row, Statement, Upsert, Value

logger = logging.getLogger("hamsafar.sql")

Parameters = Sequence[object] | Mapping[str, object]
"""One set of values, or a list of sets, in the form the driver takes."""


class Cursor(Protocol):
    """The part of a DBAPI cursor we use."""

    @property
    def rowcount(self) -> int:
        """Return how many rows the statement touched."""
        ...

    def fetchall(self) -> list[Row]:
        """Return all remaining rows."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as a driver takes it.

    Attributes:
        name: the statement's name.
        sql: in the parameter style of the driver.
        nullable: parameters the statement tests by `:x IS NULL`.
    """

    name: str
    sql: str
    nullable: tuple[str, ...] = ()

    def bind(self, params: Mapping[str, Value] | None) -> dict[str, Value]:
        """Return parameters a driver can bind, meaning the same on both databases.

        Raises:
            BadInput: text holds U+0000.
        """
        ready = dict(params) if params else {}
        for key, value in ready.items():
            if isinstance(value, str):
                if "\0" in value:
                    raise no_nul(self.name)
            elif value is True or value is False:
                ready[key] = int(value)
        for key in self.nullable:
            ready[key + _IS_NULL] = int(ready.get(key) is None)
        return ready


_IS_NULL: Final = "__is_null"
_NULL_TEST: Final = re.compile(r"(?<![:\w\\]):(\w+)\s+IS\s+(NOT\s+)?NULL\b", re.IGNORECASE)


class Texts:
    """Statements in the parameter style of one driver, compiled once."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._compiled: dict[str, Prepared] = {}

    def of(self, statement: Statement) -> Prepared:
        """Return the statement to hand to the driver."""
        prepared = self._compiled.get(statement.sql)
        if prepared is None:
            prepared = self._compiled[statement.sql] = self._compile(statement)
        return prepared

    def _compile(self, statement: Statement) -> Prepared:
        sql = statement.sql
        nullable: tuple[str, ...] = ()
        if self._dialect.name == "postgresql":
            # PostgreSQL cannot tell the type of a parameter from `IS NULL`: we test it ourselves.
            nullable = tuple({match[1] for match in _NULL_TEST.finditer(sql)})
            sql = _NULL_TEST.sub(lambda found: _null_test(found[1], negated=bool(found[2])), sql)
        compiled = str(text(sql).compile(dialect=self._dialect))
        return Prepared(statement.name, compiled, nullable)


def _null_test(name: str, *, negated: bool) -> str:
    return f"(:{name}{_IS_NULL} = {0 if negated else 1})"


class SqlTx:
    """One open transaction on a SQLAlchemy connection; bulk verbs differ per database."""

    def __init__(self, connection: Connection, texts: Texts) -> None:
        self._connection = connection
        self._texts = texts

    @property
    def dialect(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self._connection.dialect.name

    @property
    def connection(self) -> Connection:
        """Return the SQLAlchemy connection, for code of this package."""
        return self._connection

    def rows(self, statement: Statement, params: Mapping[str, Value] | None = None) -> list[Row]:
        """Run a statement and return all its rows."""
        ready = self._texts.of(statement)
        return self._execute(statement.name, ready.sql, ready.bind(params), fetch=True)[1]

    def run(self, statement: Statement, params: Mapping[str, Value] | None = None) -> int:
        """Run a statement and return how many rows it touched."""
        ready = self._texts.of(statement)
        return self._execute(statement.name, ready.sql, ready.bind(params))[0]

    def run_many(self, statement: Statement, params: Sequence[Mapping[str, Value]]) -> None:
        """Run a statement once per parameter set, batched."""
        if params:
            ready = self._texts.of(statement)
            self._execute(statement.name, ready.sql, [ready.bind(one) for one in params])

    def _execute(
        self, name: str, sql: str, params: Parameters, *, fetch: bool = False
    ) -> tuple[int, list[Row]]:
        """Run driver SQL; return (rows touched, rows fetched). The one place that logs it."""
        began = time.perf_counter_ns() if logger.isEnabledFor(logging.DEBUG) else 0
        try:
            result = self._connection.exec_driver_sql(sql, params)
            cursor = cast("Cursor", result.cursor) if result.cursor is not None else None
            rows = cursor.fetchall() if fetch and cursor is not None else []
            touched = result.rowcount
            result.close()
        except DRIVER_FAULTS as error:
            raise translate(error, name, sql) from error
        if began:
            logger.debug("%s %d µs", name, (time.perf_counter_ns() - began) // 1000)
        return touched, rows


def check_texts(name: str, values: Iterable[Value], kind: Kind) -> None:
    """Refuse U+0000 in a column of text.

    Raises:
        BadInput: text holds U+0000.
    """
    if kind is Kind.TEXT and "\0" in "".join(cast("Iterable[str]", filter(None, values))):
        raise no_nul(name)


def quoted(names: Iterable[str]) -> str:
    """Return column names as SQL, comma-separated."""
    return ", ".join(f'"{name}"' for name in names)


def by_key(into: Upsert, rows: Sequence[Row]) -> list[Row]:
    """Return the rows sorted by key, rows of one key in their old order.

    Neighbours in the file are then written one after the other, and two writers of the same rows
    lock them in the same order.
    """
    names = [column.name for column in into.columns]
    places = [names.index(name) for name in into.key]
    return sorted(rows, key=itemgetter(*places)) if places else list(rows)


def on_clash(key: tuple[str, ...], update: tuple[str, ...]) -> str:
    """Return the ON CONFLICT clause of an upsert; empty when a clash is an error."""
    if not key:
        return ""
    if not update:
        return f" ON CONFLICT ({quoted(key)}) DO NOTHING"
    sets = ", ".join(f'"{column}" = excluded."{column}"' for column in update)
    return f" ON CONFLICT ({quoted(key)}) DO UPDATE SET {sets}"


def control(connection: Connection, sql: str) -> None:
    """Run BEGIN, COMMIT, a pragma or the like."""
    try:
        connection.exec_driver_sql(sql)
    except DRIVER_FAULTS as error:
        raise translate(error, sql.lower(), sql) from error


def roll_back(connection: Connection) -> None:
    """End the transaction, whatever state it is in."""
    try:
        connection.exec_driver_sql("ROLLBACK")
    except exc.SQLAlchemyError:
        # SQLite itself has rolled back already (disk full, I/O error), or the server is gone.
        connection.invalidate()
