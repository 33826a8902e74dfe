"""Conditions over a history by DuckDB, on columns that stay where they are.

It is asked in two ways. `table`, which a running system uses, decides one field over its distinct
values; `journeys.masks` joins the answers by code, which no join of a database does as fast. A
`Judge` by the whole tree in SQL is the second, over each chunk handed over as Arrow: fields are
dictionaries of typed texts over the codes there are. Nothing is installed, loaded or read from
outside; the library is loaded when first needed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from importlib import import_module
from operator import is_
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hamsafar.expr import Condition, Normal, to_json, typed
from hamsafar.expr.sql import Read, Sql, event_sql, field_sql, person_sql
from hamsafar.expr.types import FieldLeaf
from hamsafar.journeys.columns import context_column, property_column
from hamsafar.journeys.judge import Told
from hamsafar.journeys.masks import Flags, closure_table, people_of_rows
from hamsafar.journeys.shards import U8, frozen
from hamsafar.storage.types import SortedChunk

if TYPE_CHECKING:
    import duckdb

MEMORY = "1GB"
KEPT_TABLES = 32
_NOBODY: Flags = np.zeros(0, np.bool_)
FEW = 1000
"""Of so few values closures decide sooner than a query begins."""
_CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
    "memory_limit": MEMORY,
    "temp_directory": "",
}


class DuckJudge:
    """A `Judge`; safe between threads."""

    def __init__(self, threads: int = 2) -> None:
        """Bound DuckDB to so many threads; nothing is opened yet."""
        self._threads = threads
        self._lock = Lock()
        self._root: duckdb.DuckDBPyConnection | None = None
        self._tables: OrderedDict[bytes, tuple[Sequence[Normal], Flags]] = OrderedDict()

    def event_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[n]: 1 for the events of chunk `at` it holds of."""
        return self._asked(told, at, event_sql(condition), "events")

    def person_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[p]: 1 for the persons of chunk `at` it holds of."""
        return self._asked(told, at, person_sql(condition), "people")

    def table(self, leaf: FieldLeaf, values: Sequence[Normal]) -> Flags:
        """Return for each distinct value of a field whether a leaf holds of it.

        Values only ever come after those there were: of a column that grew the new ones are asked.
        """
        if len(values) < FEW:
            return closure_table(leaf, values)
        # Not the leaf itself: to Python a leaf that asks for 1 equals one that asks for true.
        key = to_json(leaf)
        with self._lock:
            known, answers = self._tables.pop(key, ((), _NOBODY))
        if not _continues(known, values):
            known, answers = (), _NOBODY
        if len(known) < len(values):
            answers = np.concatenate([answers, self._decided(leaf, values[len(known) :])])
        with self._lock:
            self._tables[key] = values, answers
            while len(self._tables) > KEPT_TABLES:
                self._tables.popitem(last=False)
        return answers

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            if self._root is not None:
                self._root.close()
            self._root = None
            self._tables.clear()

    def _decided(self, leaf: FieldLeaf, values: Sequence[Normal]) -> Flags:
        sql = field_sql(leaf)
        with self._cursor() as cursor:
            cursor.register("field", pa.table({"f0": _typed(values)}))
            # Our own words only; every value is bound.
            query = f"SELECT CAST({sql.text} AS UTINYINT) AS mask FROM field"  # noqa: S608
            found = cursor.execute(query, list(sql.parameters)).fetchnumpy()
        return np.ascontiguousarray(found["mask"], np.uint8).view(np.bool_)

    def _asked(self, told: Told, at: int, sql: Sql, of: str) -> U8:
        chunk = told.chunks[at]
        key = "place" if of == "events" else "person"
        size = len(chunk.time) if of == "events" else len(chunk.starts) - 1
        with self._cursor() as cursor:
            if of == "events" or sql.joins:
                cursor.register("events", self._events(told, at, sql))
            if of == "people" or sql.joins:
                cursor.register("people", self._persons(told, at, sql))
            # Without a join rows come in order; a join may change it, so it carries their numbers.
            wanted = f", {key}" if sql.joins else ""
            # Our own words only; every value is bound.
            query = f"SELECT CAST({sql.text} AS UTINYINT) AS mask{wanted} FROM {of}"  # noqa: S608
            found = cursor.execute(query, list(sql.parameters)).fetchnumpy()
        mask = np.ascontiguousarray(found["mask"], np.uint8)
        if sql.joins:
            placed = np.zeros(size, np.uint8)
            placed[found[key]] = mask
            mask = placed
        return frozen(mask)

    def _events(self, told: Told, at: int, sql: Sql) -> pa.Table:
        """Return a chunk's events with what the SQL may read; unread columns cost nothing."""
        chunk = told.chunks[at]
        rows = len(chunk.time)
        columns = {
            "name": _coded(chunk.code, pa.array(list(told.names), pa.string())),
            "channel": _coded(_whole(chunk.channel, rows), _channels(told, chunk)),
            "source": _plain(_whole(chunk.source, rows)),
            "time_us": _plain(chunk.time),
        }
        if sql.joins:
            columns["place"] = _plain(np.arange(rows))
            columns["person"] = _plain(people_of_rows(chunk).astype(np.uint32))
        for read in sql.reads:
            if read.kind != "trait":
                column = told.properties[_name(read)]
                columns[read.column] = _coded(column.codes[at], _typed(column.values))
        return pa.table(columns)

    def _persons(self, told: Told, at: int, sql: Sql) -> pa.Table:
        people = len(told.chunks[at].starts) - 1
        columns = {"person": _plain(np.arange(people, dtype=np.uint32))}
        for read in sql.reads:
            if read.kind == "trait":
                column = told.traits[read.path]
                columns[read.column] = _coded(column.codes[at], _typed(column.values))
        return pa.table(columns)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if self._root is None:
                library = import_module("duckdb")
                config = {**_CLOSED, "threads": str(self._threads)}
                self._root = library.connect(":memory:", config=config)
            cursor: duckdb.DuckDBPyConnection = self._root.cursor()
            return cursor


def _continues(known: Sequence[Normal], values: Sequence[Normal]) -> bool:
    """Return whether all known values are the first ones, the very same objects."""
    return len(known) <= len(values) and all(map(is_, known, values))


def _typed(values: Sequence[Normal]) -> pa.Array:
    return pa.array([typed(value) for value in values], pa.large_string())


def _name(read: Read) -> str:
    return property_column(read.path) if read.kind == "property" else context_column(read.path)


def _channels(told: Told, chunk: SortedChunk) -> pa.Array:
    """Return the names of channels; NULL where a code has none."""
    missing = max(0, int(chunk.channel.max(initial=0)) + 1 - len(told.channels))
    return pa.array([*told.channels, *[None] * missing], pa.string())


def _whole(column: NDArray[np.uint16], rows: int) -> NDArray[np.uint16]:
    """Return a column in which one element may stand for all."""
    return column if len(column) == rows else np.repeat(column[:1], rows)


def _coded(codes: NDArray[np.uint32] | NDArray[np.uint16], values: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(_plain(codes), values, safe=False)


def _plain(column: NDArray[np.generic]) -> pa.Array:
    """Return an array as an Arrow column over it, without copying."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(column))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(column.dtype), len(column), buffers)
