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
from typing import Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamsafar.journeys.columns import PropertyColumn, TraitColumn, check_columns
from hamsafar.journeys.judge import Judge
from hamsafar.journeys.kernels import order_kernels
from hamsafar.journeys.shards import Events, frozen
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64, SortedChunk

TIME_LIMIT_US = 1 << 58
"""Times must lie within ± this (about 9,100 years from 1970)."""

D = TypeVar("D", bound=np.generic)
Integers = NDArray[np.integer]

_U16_MAX = (1 << 16) - 1
_U32_MAX = (1 << 32) - 1
_DENSE_FACTOR = 4


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
    """

    chunks: tuple[SortedChunk, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    channels: tuple[str, ...] = field(default=(), repr=False)
    properties: Mapping[str, PropertyColumn] = field(default_factory=dict, repr=False)
    traits: Mapping[str, TraitColumn] = field(default_factory=dict, repr=False)
    judge: Judge | None = field(default=None, repr=False, compare=False)

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
        who = _integers("person", person, least=0, most=_U32_MAX)
        at = _integers("time_us", time_us, least=-TIME_LIMIT_US, most=TIME_LIMIT_US)
        columns = {
            "time_us": at,
            "code": _integers("code", code, least=0, most=len(_names("names", names)) - 1),
            "tie": _optional("tie", tie, np.iinfo(np.int64).max),
            "channel": _optional("channel", attributes.channel, len(attributes.channels) - 1),
            "source": _optional("source", attributes.source, _U16_MAX),
            "flags": _optional("flags", attributes.flags, _U16_MAX),
        }
        for name, column in columns.items():
            if column is not None and len(column) != len(who):
                message = f"{name} has {len(column)} values but person has {len(who)}"
                raise BadInput(message, where=name)
        order, starts = _order(who, at, columns["tie"])
        chunk = SortedChunk(
            person=_taken(who, order, np.uint32),
            time=_taken(at, order, np.int64),
            code=_taken(columns["code"], order, np.uint32),
            channel=_taken(columns["channel"], order, np.uint16),
            source=_taken(columns["source"], order, np.uint16),
            flags=_taken(columns["flags"], order, np.uint16),
            seq=np.arange(len(who)) if order is None else order,
            starts=starts,
        )
        plain = cls.from_chunks([chunk], names=names, channels=attributes.channels)
        return _with_attributes(plain, attributes)

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


def _integers(name: str, values: ArrayLike, *, least: int, most: int) -> Integers:
    array = np.asarray(values)
    if array.size == 0 and array.ndim == 1:
        return np.empty(0, np.int64)
    if array.ndim != 1:
        raise BadInput(f"{name} must have one dimension, not {array.ndim}", where=name)
    if array.dtype.kind == "M":
        hint = f"give µs as integers: {name}.astype('datetime64[us]').astype('int64')"
        raise BadInput(f"{name} has dtype {array.dtype}; {hint}", where=name)
    if array.dtype.kind not in "iu":
        raise BadInput(f"{name} must be integers, not {array.dtype}", where=name)
    low, high = int(array.min()), int(array.max())
    if low < least or high > most:
        worst = low if low < least else high
        raise BadInput(f"{name} has {worst}; it must be {least} … {most}", where=name)
    return array


def _optional(name: str, values: ArrayLike | None, most: int) -> Integers | None:
    if values is None:
        return None
    least = np.iinfo(np.int64).min if name == "tie" else 0
    return _integers(name, values, least=least, most=most)


def _names(where: str, names: Sequence[str]) -> Sequence[str]:
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise BadInput(f"{where} must be a sequence of strings", where=where)
    if len(set(names)) != len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise BadInput(f"{where} has {twice!r} twice; names must differ", where=where)
    return names


def _order(who: Integers, at: Integers, tie: Integers | None) -> tuple[I64 | None, I64]:
    """Return the sorted order (None: it stands so already) and where each person starts."""
    kernels = order_kernels()
    n = len(who)
    place, width = who.astype(np.int64, copy=False), int(who.max(initial=0)) + 1
    if width > _DENSE_FACTOR * n + _U16_MAX:
        found, place = np.unique(place, return_inverse=True)
        width = len(found)
    time = at.astype(np.int64, copy=False)
    ties = np.empty(0, np.int64) if tie is None else tie.astype(np.int64, copy=False)
    keys = [frozen(np.ascontiguousarray(column)) for column in (place, time, ties)]
    order, starts = kernels.group_by_person(keys[0], width)
    starts = starts[np.concatenate([[True], np.diff(starts) > 0])]
    if kernels.is_sorted(*keys):
        return None, starts
    kernels.sort_within(order, starts, keys[1], keys[2])
    return order, starts


def _taken(column: Integers | None, order: I64 | None, dtype: type[D]) -> NDArray[D]:
    """Return a column in order; a missing one is a single 0 that stands for every event."""
    if column is None:
        return np.zeros(1, dtype)
    return (column if order is None else column[order]).astype(dtype, copy=False)


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
