"""Tables made into columns of events: pandas, Polars and Arrow, by way of Arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hamsafar.expr import Book, Normal
from hamsafar.journeys.frames import library
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64, U32

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Label = str | int
"""How the caller names a person."""

_MOST_PEOPLE = 1 << 32
_MOST_CHANNELS = 1 << 16


class Naming(NamedTuple):
    """Which columns of a table hold what.

    Attributes:
        person: who; text, categories or integers.
        time: when; dates with time.
        event: what; text or categories.
        channel: where; None: there is no such column.
        properties: further columns that conditions may ask.
    """

    person: str
    time: str
    event: str
    channel: str | None
    properties: Sequence[str]

    def columns(self) -> list[str]:
        """Return all columns, each once."""
        channel = [] if self.channel is None else [self.channel]
        return list(dict.fromkeys([self.person, self.time, self.event, *channel, *self.properties]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Columns of n events, in the order of the table.

    Attributes:
        person: i64[n], ids.
        labels: by person id, the caller's names; None: the ids are the caller's own.
        time_us: i64[n], µs UTC.
        code: i64[n], into `names`.
        names: event names.
        channel: i64[n], into `channels`; None: there is no such column.
        channels: channel names; "" where a row has none.
        properties: by column, u32[n] codes and the values they stand for.
    """

    person: I64
    labels: tuple[Label, ...] | None
    time_us: I64
    code: I64
    names: tuple[str, ...]
    channel: I64 | None
    channels: tuple[str, ...]
    properties: Mapping[str, tuple[U32, tuple[Normal, ...]]] = field(repr=False)


def read_pandas(frame: pd.DataFrame, naming: Naming) -> Read:
    """Return the events of a data frame; errors as of `read_arrow`."""
    _check_columns([str(column) for column in frame.columns], naming)
    arrow = library("pyarrow")
    columns = naming.columns()
    parts = {}
    for column in columns:
        try:
            parts[column] = arrow.Array.from_pandas(frame[column])
        except (arrow.ArrowInvalid, arrow.ArrowTypeError) as mixed:
            message = f"column {column!r} mixes kinds of values: {mixed}"
            raise BadInput(message, where=column) from mixed
    return read_arrow(arrow.table(parts), naming)


def read_polars(frame: pl.DataFrame, naming: Naming) -> Read:
    """Return the events of a Polars data frame; errors as of `read_arrow`."""
    _check_columns(frame.columns, naming)
    return read_arrow(frame.select(naming.columns()).to_arrow(), naming)


def read_arrow(table: pa.Table, naming: Naming) -> Read:
    """Return the events of an Arrow table.

    Args:
        table: a row per event.
        naming: which columns hold what.

    Raises:
        BadInput: a column is missing or of the wrong kind, or a person, time or event is missing
            in a row; `where` is the column.
    """
    _check_columns(table.column_names, naming)
    person, labels = _people(table.column(naming.person), naming.person)
    code, names = _words(table.column(naming.event), naming.event)
    if "" in names:
        row = int(np.flatnonzero(code == names.index(""))[0])
        raise BadInput(
            f"column {naming.event!r} has an empty name in row {row}", where=naming.event
        )
    channel: I64 | None = None
    channels: tuple[str, ...] = ()
    if naming.channel is not None:
        channel, channels = _words(table.column(naming.channel), naming.channel, missing="")
        if len(channels) > _MOST_CHANNELS:
            message = f"column {naming.channel!r} has more than {_MOST_CHANNELS:,} channels"
            raise BadInput(message, where=naming.channel)
    return Read(
        person=person,
        labels=labels,
        time_us=_times(table.column(naming.time), naming.time),
        code=code,
        names=names,
        channel=channel,
        channels=channels,
        properties={name: _values(table.column(name), name) for name in naming.properties},
    )


def _check_columns(known: Sequence[str], naming: Naming) -> None:
    for column in naming.columns():
        if known.count(column) != 1:
            problem = "no column" if column not in known else "more than one column"
            raise BadInput(f"{problem} is named {column!r}", where=column)


def _people(column: pa.ChunkedArray, name: str) -> tuple[I64, tuple[Label, ...] | None]:
    """Return ids, and the caller's names where the ids are not those."""
    arrow = library("pyarrow")
    if arrow.types.is_integer(column.type):
        _no_nulls(column, name)
        ids = column.to_numpy()
        if len(ids) == 0 or (int(ids.min()) >= 0 and int(ids.max()) < _MOST_PEOPLE):
            return ids.astype(np.int64), None
    elif not _is_text(column.type):
        message = f"column {name!r} must be text, categories or integers, not {column.type}"
        raise BadInput(message, where=name)
    return _encoded(column, name)


def _words(
    column: pa.ChunkedArray, name: str, *, missing: str | None = None
) -> tuple[I64, tuple[str, ...]]:
    if not _is_text(column.type):
        message = f"column {name!r} must be text or categories, not {column.type}"
        raise BadInput(message, where=name)
    if missing is not None and column.null_count:
        column = library("pyarrow.compute").fill_null(_plain(column), missing)
    codes, words = _encoded(column, name)
    return codes, tuple(str(word) for word in words)


def _encoded(column: pa.ChunkedArray, name: str) -> tuple[I64, tuple[Label, ...]]:
    """Return codes by first sight and the values they stand for; none may be missing."""
    _no_nulls(column, name)
    encoded = _plain(column).combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), tuple(encoded.dictionary.to_pylist())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return categories as their values, so that only those that occur are left."""
    arrow = library("pyarrow")
    kind = column.type.value_type if arrow.types.is_dictionary(column.type) else column.type
    return column.cast(arrow.large_string() if _is_text(kind) else kind)


def _is_text(kind: pa.DataType) -> bool:
    """Return whether a column is of texts; one without any value may be."""
    types = library("pyarrow").types
    if types.is_dictionary(kind):
        return _is_text(kind.value_type)
    tests = (types.is_string, types.is_large_string, types.is_string_view, types.is_null)
    return any(test(kind) for test in tests)


def _times(column: pa.ChunkedArray, name: str) -> I64:
    """Return µs UTC; a time without a zone is UTC."""
    arrow = library("pyarrow")
    kind = column.type
    if not (arrow.types.is_timestamp(kind) or arrow.types.is_date(kind)):
        if len(column) == 0:
            return np.zeros(0, np.int64)
        hint = "make it dates with time, as by pandas.to_datetime"
        raise BadInput(f"column {name!r} must be dates with time, not {kind}; {hint}", where=name)
    _no_nulls(column, name)
    zone = kind.tz if arrow.types.is_timestamp(kind) else None
    us = column.cast(arrow.timestamp("us", tz=zone), safe=False).cast(arrow.int64())
    times: NDArray[np.int64] = us.to_numpy()
    return times


def _values(column: pa.ChunkedArray, name: str) -> tuple[U32, tuple[Normal, ...]]:
    """Return codes and values in normal form; missing is 0."""
    encoded = _hashable(column).combine_chunks().dictionary_encode()
    book = Book(name)
    by_index = [book.code_of(_jsonable(value)) for value in encoded.dictionary.to_pylist()]
    indices = encoded.indices.fill_null(len(by_index)).to_numpy()
    return np.array([*by_index, 0], np.uint32)[indices], book.values()


def _hashable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column with values Arrow can tell apart: NaN missing, nested ones as text."""
    arrow = library("pyarrow")
    kind = column.type
    if arrow.types.is_dictionary(kind):
        return _plain(column)
    if arrow.types.is_floating(kind):
        compute = library("pyarrow.compute")
        return compute.if_else(compute.is_nan(column), None, column)
    if arrow.types.is_nested(kind):
        message = f"column {column.type} is nested; give plain columns"
        raise BadInput(message, where="properties")
    return column.cast(arrow.large_string()) if _is_text(kind) else column


def _jsonable(value: object) -> object:
    """Return a value as JSON has it: times and the like as text."""
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _no_nulls(column: pa.ChunkedArray, name: str) -> None:
    if column.null_count:
        missing = np.asarray(column.is_null(nan_is_null=True).to_numpy(zero_copy_only=False))
        row = int(np.flatnonzero(missing)[0])
        message = (
            f"column {name!r} has no value in row {row} ({column.null_count:,} rows have none)"
        )
        raise BadInput(f"{message}; leave such rows out", where=name)
