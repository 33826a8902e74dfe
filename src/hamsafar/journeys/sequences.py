"""Sequences: everybody's events in order, as columns; what every question here is asked of.

Example:
    >>> import numpy as np
    >>> s = Sequences.from_arrays(
    ...     person=np.array([7, 7, 9]),
    ...     time_us=np.array([20, 10, 5]),
    ...     code=np.array([1, 0, 0]),
    ...     names=["Page: Home", "Order Completed"],
    ... )
    >>> s.people, s.events
    (2, 3)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamsafar.journeys.columns import PropertyColumn, TraitColumn, check_columns
from hamsafar.journeys.drawing import MOST_ROWS, BarRow, bars, card, listed
from hamsafar.journeys.judge import Judge
from hamsafar.journeys.ordering import checked_names, integers, optional, order, taken
from hamsafar.journeys.reading import (
    Label,
    Naming,
    Read,
    read_arrow,
    read_pandas,
    read_polars,
)
from hamsafar.journeys.shards import Events, frozen
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import SortedChunk

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

TIME_LIMIT_US = 1 << 58
"""Times must lie within ± this (about 9,100 years from 1970)."""

D = TypeVar("D", bound=np.generic)

_U16_MAX = (1 << 16) - 1
_U32_MAX = (1 << 32) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Optional columns of `Sequences.from_arrays`, aligned with the others; for filters.

    Attributes:
        channel: index into `channels`.
        channels: channel names.
        source: source id, 0 … 65,535.
        flags: bits of `storage.types.Flag`.
        properties: by path, n JSON values each (None: the event has none); of the context under
            `context.` and the path.
        traits: by name, JSON values by person id; who is not there has none.
    """

    channel: ArrayLike | None = None
    channels: Sequence[str] = ()
    source: ArrayLike | None = None
    flags: ArrayLike | None = None
    properties: Mapping[str, Sequence[object]] = field(default_factory=dict)
    traits: Mapping[str, Mapping[int, object]] = field(default_factory=dict)


NO_ATTRIBUTES = Attributes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequences:
    """Events sorted by (person, time, tie), in chunks whose persons are disjoint.

    Build it with `from_arrays` or `from_chunks`; both check what kernels rely on.

    Attributes:
        chunks: the columns; read-only.
        names: event names by code.
        channels: channel names by code.
        properties: loaded columns of events by path; those of the context as `context.{path}`.
        traits: loaded columns of persons by name.
        judge: who decides conditions; None: closures.
        labels: by person id, how the caller names people; None: by these ids.
    """

    chunks: tuple[SortedChunk, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    channels: tuple[str, ...] = field(default=(), repr=False)
    properties: Mapping[str, PropertyColumn] = field(default_factory=dict, repr=False)
    traits: Mapping[str, TraitColumn] = field(default_factory=dict, repr=False)
    judge: Judge | None = field(default=None, repr=False, compare=False)
    labels: tuple[Label, ...] | None = field(default=None, repr=False)

    @classmethod
    def from_arrays(
        cls,
        *,
        person: ArrayLike,
        time_us: ArrayLike,
        code: ArrayLike,
        names: Sequence[str],
        tie: ArrayLike | None = None,
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> Self:
        """Sort events by (person, time, tie, input order).

        Args:
            person: n person ids, any integer dtype, 0 … 2³²-1.
            time_us: n times, µs UTC.
            code: n indices into `names`.
            names: event names, all different.
            tie: n integers that order events of one person at one time; else input order does.
            attributes: optional columns, for filters.

        Raises:
            BadInput: lengths differ, a dtype is not integer, or a value is out of range; `where`
                names the argument.
        """
        who = integers("person", person, least=0, most=_U32_MAX)
        at = integers("time_us", time_us, least=-TIME_LIMIT_US, most=TIME_LIMIT_US)
        columns = {
            "time_us": at,
            "code": integers("code", code, least=0, most=len(checked_names("names", names)) - 1),
            "tie": optional("tie", tie, np.iinfo(np.int64).max),
            "channel": optional("channel", attributes.channel, len(attributes.channels) - 1),
            "source": optional("source", attributes.source, _U16_MAX),
            "flags": optional("flags", attributes.flags, _U16_MAX),
        }
        for name, column in columns.items():
            if column is not None and len(column) != len(who):
                message = f"{name} has {len(column)} values but person has {len(who)}"
                raise BadInput(message, where=name)
        places, starts = order(who, at, columns["tie"])
        chunk = SortedChunk(
            person=taken(who, places, np.uint32),
            time=taken(at, places, np.int64),
            code=taken(columns["code"], places, np.uint32),
            channel=taken(columns["channel"], places, np.uint16),
            source=taken(columns["source"], places, np.uint16),
            flags=taken(columns["flags"], places, np.uint16),
            seq=np.arange(len(who)) if places is None else places,
            starts=starts,
        )
        plain = cls.from_chunks([chunk], names=names, channels=attributes.channels)
        return _with_attributes(plain, attributes)

    @classmethod
    def from_pandas(
        cls,
        frame: pd.DataFrame,
        *,
        person: str,
        time: str,
        event: str,
        channel: str | None = None,
        properties: Sequence[str] = (),
    ) -> Self:
        """Take a data frame with a row per event; rows at one time keep their order.

        Args:
            frame: in any order; every row is an event, equal rows too.
            person: column of text, categories or integers; results name people by its values.
            time: column of dates with time; without a zone they are UTC.
            event: column of text or categories.
            channel: column of text or categories; a missing value is the channel "".
            properties: columns that conditions may ask; missing values stay missing.

        Raises:
            BadInput: a column is not there or of the wrong kind, or a person, time or event is
                missing in a row; `where` is the column.
        """
        naming = Naming(person, time, event, channel, properties)
        return cls._of_read(read_pandas(frame, naming))

    @classmethod
    def from_polars(
        cls,
        frame: pl.DataFrame,
        *,
        person: str,
        time: str,
        event: str,
        channel: str | None = None,
        properties: Sequence[str] = (),
    ) -> Self:
        """Take a Polars data frame; arguments and errors as of `from_pandas`."""
        naming = Naming(person, time, event, channel, properties)
        return cls._of_read(read_polars(frame, naming))

    @classmethod
    def from_arrow(
        cls,
        table: pa.Table,
        *,
        person: str,
        time: str,
        event: str,
        channel: str | None = None,
        properties: Sequence[str] = (),
    ) -> Self:
        """Take an Arrow table; arguments and errors as of `from_pandas`."""
        naming = Naming(person, time, event, channel, properties)
        return cls._of_read(read_arrow(table, naming))

    @classmethod
    def _of_read(cls, read: Read) -> Self:
        plain = cls.from_arrays(
            person=read.person,
            time_us=read.time_us,
            code=read.code,
            names=read.names,
            attributes=Attributes(channel=read.channel, channels=read.channels),
        )
        (chunk,) = plain.chunks
        columns = {
            name: PropertyColumn(codes=(frozen(codes[chunk.seq]),), values=values)
            for name, (codes, values) in read.properties.items()
        }
        return replace(plain.with_properties(columns), labels=read.labels)

    @classmethod
    def from_chunks(
        cls, chunks: Sequence[SortedChunk], *, names: Sequence[str], channels: Sequence[str] = ()
    ) -> Self:
        """Take chunks as the history gives them, without copying.

        Args:
            chunks: sorted by (person, time, tie), whole persons, disjoint but for `skip`.
            names: event names by code; "" where a code has none.
            channels: channel names by code.

        The columns `channel`, `source` and `flags` may have one element that stands for all.

        Raises:
            BadInput: columns of a chunk differ in length, `starts` does not cover it, or a code
                has no name.
        """
        checked = tuple(_checked(number, chunk, len(names)) for number, chunk in enumerate(chunks))
        return cls(chunks=checked, names=tuple(names), channels=tuple(channels))

    def with_properties(
        self,
        properties: Mapping[str, PropertyColumn] | None = None,
        *,
        traits: Mapping[str, TraitColumn] | None = None,
    ) -> Self:
        """Return the same events with these columns beside those already there.

        Raises:
            BadInput: a column does not fit the chunks.
        """
        check_columns(properties or {}, [len(c.time) for c in self.chunks], "properties")
        check_columns(traits or {}, [len(c.starts) - 1 for c in self.chunks], "traits")
        return replace(
            self,
            properties={**self.properties, **(properties or {})},
            traits={**self.traits, **(traits or {})},
        )

    @property
    def events(self) -> int:
        """Return how many events there are, before filters, without skipped persons."""
        return sum(_events(chunk) for chunk in self.chunks)

    @property
    def people(self) -> int:
        """Return how many people there are, before filters."""
        return sum(
            len(c.starts) - 1 - (0 if c.skip is None else int(c.skip.sum())) for c in self.chunks
        )

    def _repr_html_(self) -> str:
        counts = np.zeros(len(self.names), np.int64)
        for chunk in self.chunks:
            counts += np.bincount(chunk.code, minlength=len(self.names))
        order = np.argsort(-counts, kind="stable")[:MOST_ROWS]
        rows = [BarRow(self.names[c], int(counts[c]), f"{counts[c]:,}") for c in order.tolist()]
        title = f"{self.people:,} people, {self.events:,} events, {len(self.names):,} names"
        return card(listed(title, len(self.names)), bars(rows, title))

    def __repr__(self) -> str:
        """Return what is inside, in a line."""
        return (
            f"Sequences({self.people:,} people, {self.events:,} events, {len(self.names):,} names)"
        )


def events_of(chunk: SortedChunk) -> Events:
    """Return the columns kernels need, all persons."""
    nobody = np.zeros(1, np.uint8)
    skip = nobody if chunk.skip is None or not len(chunk.skip) else chunk.skip.view(np.uint8)
    return Events(
        starts=chunk.starts,
        time=chunk.time,
        code=chunk.code,
        skip=frozen(skip),
        skip_mask=0 if skip is nobody else -1,
        lo=0,
        hi=len(chunk.starts) - 1,
    )


S = TypeVar("S", bound=Sequences)


def _with_attributes(plain: S, attributes: Attributes) -> S:
    """Return the one chunk of `from_arrays` with properties, which came in input order."""
    (chunk,) = plain.chunks
    rows = chunk.seq.tolist()
    columns: dict[str, PropertyColumn] = {}
    for path, values in attributes.properties.items():
        if len(values) != len(rows):
            message = f"properties[{path!r}] has {len(values)} values but person has {len(rows)}"
            raise BadInput(message, where="properties")
        columns[path] = PropertyColumn.of_values([[values[row] for row in rows]])
    people = chunk.person[chunk.starts[:-1]].tolist()
    traits = {
        name: TraitColumn.of_values([[said.get(person) for person in people]])
        for name, said in attributes.traits.items()
    }
    return plain.with_properties(columns, traits=traits) if columns or traits else plain


def _checked(number: int, chunk: SortedChunk, names: int) -> SortedChunk:
    """Return the chunk with its columns read-only, contiguous and aligned: one numba type each."""
    n = len(chunk.time)
    starts = np.asarray(chunk.starts)
    if not len(starts) or starts[0] != 0 or starts[-1] != n or (np.diff(starts) < 0).any():
        raise BadInput(f"starts must rise from 0 to {n}", where=f"chunks[{number}].starts")
    for name in ("person", "code", "channel", "source", "flags", "seq"):
        length = len(getattr(chunk, name))
        if length != n and (length != 1 or name in {"person", "code", "seq"}):
            raise BadInput(f"{name} must have {n} values", where=f"chunks[{number}].{name}")
    if chunk.skip is not None and len(chunk.skip) != len(starts) - 1:
        message = f"skip must have {len(starts) - 1} values"
        raise BadInput(message, where=f"chunks[{number}].skip")
    highest = int(chunk.code.max(initial=0)) if n else -1
    if highest >= names:
        message = f"code {highest} has no name; there are {names} names"
        raise BadInput(message, where=f"chunks[{number}].code")
    return SortedChunk(
        person=_column(chunk.person, np.uint32),
        time=_column(chunk.time, np.int64),
        code=_column(chunk.code, np.uint32),
        channel=_column(chunk.channel, np.uint16),
        source=_column(chunk.source, np.uint16),
        flags=_column(chunk.flags, np.uint16),
        seq=_column(chunk.seq, np.int64),
        starts=_column(starts, np.int64),
        skip=None if chunk.skip is None else _column(chunk.skip, np.bool_),
    )


def _column(values: NDArray[D], dtype: type[D]) -> NDArray[D]:
    return frozen(np.require(np.asarray(values), dtype, ["C", "A"]))


def _events(chunk: SortedChunk) -> int:
    if chunk.skip is None:
        return len(chunk.time)
    return int(np.diff(chunk.starts)[~chunk.skip].sum())
