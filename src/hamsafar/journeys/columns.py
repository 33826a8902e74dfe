"""Properties of events and traits of people as columns beside `Sequences`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hamsafar.expr import Book, Fields, Normal
from hamsafar.expr.values import number_of
from hamsafar.journeys.shards import frozen
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import U32

F64 = NDArray[np.float64]
CONTEXT = "context."
"""Columns of the context stand among those of properties under this prefix."""
PROPERTIES = "properties."
"""Before a property whose own path begins with one of the two prefixes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coded:
    codes: tuple[U32, ...] = field(repr=False)
    values: tuple[Normal, ...] = field(repr=False)

    @classmethod
    def of_values(cls, chunks: Sequence[Iterable[object]]) -> Self:
        """Return the column of decoded JSON values, one for each row of each chunk."""
        codes, values = encode_values(chunks)
        return cls(codes=codes, values=values)

    def numbers(self, chunk: int) -> F64:
        """Return a chunk's values as numbers, f64[n]; NaN where it is none."""
        numbers = [np.nan if (n := number_of(v)) is None else n for v in self.values]
        return np.array(numbers, np.float64)[self.codes[chunk]]

    def __len__(self) -> int:
        """Return how many distinct values there are, missing not counted."""
        return len(self.values) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyColumn(_Coded):
    """One property of every event, as codes into its distinct values.

    Attributes:
        codes: u32[n] for each chunk, aligned to its events; 0: the event has no such property.
        values: by code; `values[0]` is None. Numbers, texts, true and false in normal form; lists
            and objects as `expr.JsonText`.
        names: events of these names have their values; None: all events have.
    """

    names: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitColumn(_Coded):
    """One trait of every person, as codes into its distinct values.

    Attributes:
        codes: u32[p] for each chunk, aligned to its persons (`starts`); 0: has no such trait.
        values: as of `PropertyColumn`.
    """


def property_column(path: str) -> str:
    """Return the name of the column of an event property.

    >>> property_column("total"), property_column("context.total")
    ('total', 'properties.context.total')
    """
    return PROPERTIES + path if path.startswith((CONTEXT, PROPERTIES)) else path


def context_column(path: str) -> str:
    """Return the name of the column of a field of the context."""
    return CONTEXT + path


def columns_of(wanted: Fields) -> list[str]:
    """Return the names of the columns of events that a question reads, sorted."""
    names = map(property_column, wanted.properties)
    return sorted({*names, *map(context_column, wanted.context)})


def encode_values(
    chunks: Sequence[Iterable[object]],
) -> tuple[tuple[U32, ...], tuple[Normal, ...]]:
    """Return codes and distinct values of decoded JSON values; equal values get one code."""
    book = Book("property")
    codes = tuple(frozen(np.array([*map(book.code_of, chunk)], np.uint32)) for chunk in chunks)
    return codes, book.values()


def check_columns(
    columns: Mapping[str, PropertyColumn] | Mapping[str, TraitColumn],
    rows: Sequence[int],
    where: str,
) -> None:
    """Refuse columns that do not fit the chunks.

    Args:
        columns: by name.
        rows: how many codes each chunk must have.
        where: for the error.

    Raises:
        BadInput: another number of chunks or rows, or a code without a value.
    """
    for name, column in columns.items():
        at = f"{where}[{name!r}]"
        if not column.values or column.values[0] is not None:
            raise BadInput("values[0] must be None, for missing", where=at)
        if [len(codes) for codes in column.codes] != list(rows):
            raise BadInput(f"codes must have {list(rows)} values by chunk", where=at)
        if any(len(codes) and int(codes.max()) >= len(column.values) for codes in column.codes):
            raise BadInput(f"a code is {len(column.values)} or more", where=at)
