"""What both databases share: running named statements on one open connection."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, cast

from sqlalchemy import Connection, Engine, text

from hamsafar.engines.sql.faults import DRIVER_FAULTS, no_nul, translate
from hamsafar.storage.types import Kind, Row, Statement, Value

logger = logging.getLogger("hamsafar.sql")

Driven = Sequence[Value] | Mapping[str, Value] | Sequence[Sequence[Value] | Mapping[str, Value]]


class Cursor(Protocol):
    """The part of a DBAPI cursor we use."""

    @property
    def rowcount(self) -> int:
        """Return how many rows the statement touched."""
        ...

    def fetchall(self) -> list[Row]:
        """Return all remaining rows."""
        ...


class Texts:
    """Statements in the parameter style of one driver, compiled once."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._compiled: dict[str, str] = {}

    def of(self, statement: Statement) -> str:
        """Return the text to hand to the driver."""
        compiled = self._compiled.get(statement.sql)
        if compiled is None:
            compiled = str(text(statement.sql).compile(dialect=self._dialect))
            self._compiled[statement.sql] = compiled
        return compiled


class SqlTx:
    """One open transaction on a SQLAlchemy connection; bulk verbs differ per database."""

    def __init__(self, connection: Connection, texts: Texts) -> None:
        self._connection = connection
        self._texts = texts

    @property
    def dialect(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self._connection.dialect.name

    def rows(self, statement: Statement, params: Mapping[str, Value] | None = None) -> list[Row]:
        """Run a statement and return all its rows."""
        sql = self._texts.of(statement)
        return self._execute(statement.name, sql, checked(statement.name, params), fetch=True)[1]

    def run(self, statement: Statement, params: Mapping[str, Value] | None = None) -> int:
        """Run a statement and return how many rows it touched."""
        sql = self._texts.of(statement)
        return self._execute(statement.name, sql, checked(statement.name, params))[0]

    def run_many(self, statement: Statement, params: Sequence[Mapping[str, Value]]) -> None:
        """Run a statement once per parameter set, batched."""
        if params:
            sets = [checked(statement.name, one) for one in params]
            self._execute(statement.name, self._texts.of(statement), sets)

    def _execute(
        self, name: str, sql: str, params: Driven, *, fetch: bool = False
    ) -> tuple[int, list[Row]]:
        """Run driver SQL; return (rows touched, rows fetched). The one place that logs it."""
        began = time.perf_counter_ns() if logger.isEnabledFor(logging.DEBUG) else 0
        try:
            result = self._connection.exec_driver_sql(sql, params)  # type: ignore[arg-type]
            cursor = cast("Cursor", result.cursor) if result.cursor is not None else None
            rows = cursor.fetchall() if fetch and cursor is not None else []
            touched = result.rowcount
            result.close()
        except DRIVER_FAULTS as error:
            raise translate(error, name, sql) from error
        if began:
            logger.debug("%s %d µs", name, (time.perf_counter_ns() - began) // 1000)
        return touched, rows


_NOTHING: Final[dict[str, Value]] = {}


def checked(name: str, params: Mapping[str, Value] | None) -> dict[str, Value]:
    """Return parameters a driver can bind alike on both databases.

    Raises:
        BadInput: text holds U+0000.
    """
    if params is None:
        return _NOTHING
    ready = dict(params)
    for key, value in ready.items():
        if isinstance(value, str):
            if "\0" in value:
                raise no_nul(name)
        elif value is True or value is False:
            ready[key] = int(value)
    return ready


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


def on_clash(key: tuple[str, ...], update: tuple[str, ...]) -> str:
    """Return the ON CONFLICT clause of an upsert; empty when a clash is an error."""
    if not key:
        return ""
    if not update:
        return f" ON CONFLICT ({quoted(key)}) DO NOTHING"
    sets = ", ".join(f'"{column}" = excluded."{column}"' for column in update)
    return f" ON CONFLICT ({quoted(key)}) DO UPDATE SET {sets}"
