"""Columns of values as PostgreSQL arrays in binary form: the cheapest way to send many rows.

psycopg's own list dumper asks for a dumper per value (about 1 µs each); here a column of integers
is one numpy call and a column of bytes one join.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, cast

import numpy as np
from psycopg.adapt import Dumper
from psycopg.pq import Format

from hamsafar.storage.types import Kind, Value

_ELEMENT: Final = {Kind.INT: 20, Kind.REAL: 701, Kind.TEXT: 25, Kind.BYTES: 17}
SQL_TYPE: Final = {
    Kind.INT: "bigint",
    Kind.REAL: "double precision",
    Kind.TEXT: "text",
    Kind.BYTES: "bytea",
}
"""Element types: their object ids and names."""

_HEAD: Final = struct.Struct(">iiIii")
_LENGTH: Final = struct.Struct(">i").pack
_NULL: Final = b"\xff\xff\xff\xff"
_NUMBER: Final = {
    Kind.INT: np.dtype([("length", ">i4"), ("value", ">i8")]),
    Kind.REAL: np.dtype([("length", ">i4"), ("value", ">f8")]),
}
_PACK: Final = {Kind.INT: struct.Struct(">q").pack, Kind.REAL: struct.Struct(">d").pack}


@dataclass(frozen=True, slots=True)
class BinaryArray:
    """One array parameter, already in PostgreSQL's binary form."""

    data: bytes


class BinaryArrayDumper(Dumper):
    """Hands a `BinaryArray` to the server as it is; the statement casts it to its type."""

    format = Format.BINARY

    def dump(self, obj: BinaryArray) -> bytes:
        """Return the bytes to send."""
        return obj.data


def binary_array(kind: Kind, values: Sequence[Value]) -> BinaryArray:
    """Return a column of values as an array of one dimension.

    Raises:
        OverflowError: an integer does not fit into 64 bits.
        UnicodeError: text holds half of a surrogate pair.
    """
    has_null = None in values
    head = _HEAD.pack(1, has_null, _ELEMENT[kind], len(values), 1)
    if has_null:
        return BinaryArray(head + b"".join(_one(kind, value) for value in values))
    if kind in _NUMBER:
        cells = np.empty(len(values), _NUMBER[kind])
        cells["length"] = 8
        cells["value"] = values
        return BinaryArray(head + cells.tobytes())
    texts = values if kind is Kind.BYTES else [cast("str", value).encode() for value in values]
    parts = cast("Sequence[bytes]", texts)
    lengths = map(_LENGTH, map(len, parts))
    return BinaryArray(head + b"".join(chain.from_iterable(zip(lengths, parts, strict=True))))


def _one(kind: Kind, value: Value) -> bytes:
    """Return one value with its length before it."""
    if value is None:
        return _NULL
    if kind in _PACK:
        try:
            data = _PACK[kind](value)
        except struct.error as error:
            raise OverflowError(str(error)) from error
    else:
        data = value.encode() if isinstance(value, str) else cast("bytes", value)
    return _LENGTH(len(data)) + data
