"""Conditions over `Sequences`: which events, or which people, they hold of; pure, on arrays.

A leaf is decided once per distinct name or value, then taken by code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamsafar.expr.fields import Fields, check_people, fields
from hamsafar.expr.match import value_test
from hamsafar.expr.types import (
    AllOf,
    AnyOf,
    ChannelIs,
    Condition,
    ContextIs,
    Did,
    EventLeaf,
    EventNamed,
    FieldLeaf,
    NotOf,
    Op,
    PropertyIs,
    SourceIs,
    TimeIs,
    TraitIs,
)
from hamsafar.expr.values import Normal
from hamsafar.journeys.columns import (
    PropertyColumn,
    TraitColumn,
    columns_of,
    context_column,
    property_column,
)
from hamsafar.journeys.judge import Told
from hamsafar.journeys.sequences import TIME_LIMIT_US, Sequences
from hamsafar.journeys.shards import U8, frozen
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import SortedChunk

Flags = NDArray[np.bool_]

_CODES = 1 << 16
_COMPARED = {
    Op.EQUALS: np.equal,
    Op.AT_LEAST: np.greater_equal,
    Op.AT_MOST: np.less_equal,
    Op.GREATER: np.greater,
    Op.LESS: np.less,
}


def mask_of(sequences: Sequences, condition: Condition, *, where: str = "where") -> tuple[U8, ...]:
    """Return for each chunk u8[n]: 1 for the events a condition holds of.

    Conditions on people hold of all their events. Of skipped persons nothing is said.

    Args:
        sequences: with the columns the condition reads (`with_properties`).
        condition: the question.
        where: what errors call it.

    Raises:
        BadInput: a property or trait is not loaded; names the way to load it.
    """
    check_loaded(sequences, condition, where)
    judge = CLOSURES if sequences.judge is None else sequences.judge
    return tuple(judge.event_mask(sequences, at, condition) for at in range(len(sequences.chunks)))


def people_mask_of(
    sequences: Sequences, condition: Condition, *, where: str = "people"
) -> tuple[U8, ...]:
    """Return for each chunk u8[p]: 1 for the persons a condition holds of.

    Args:
        sequences: with the columns the condition reads.
        condition: about people: traits and `did`.
        where: what errors call it.

    Raises:
        BadInput: it asks something of one event, or a column is not loaded.
    """
    check_people(condition, where)
    check_loaded(sequences, condition, where)
    judge = CLOSURES if sequences.judge is None else sequences.judge
    return tuple(judge.person_mask(sequences, at, condition) for at in range(len(sequences.chunks)))


Table = Callable[[FieldLeaf, Sequence[Normal]], Flags]
"""Tells for each distinct value of a field whether a leaf holds of it."""


def closure_table(leaf: FieldLeaf, values: Sequence[Normal]) -> Flags:
    """Return for each distinct value of a field whether a leaf holds of it."""
    test = value_test(leaf.op, leaf.value)
    return np.fromiter(map(test, values), np.bool_, len(values))


class ByValue:
    """A judge that decides each field once per distinct value and takes the answer by code.

    With closures it is the judge of notebooks, and the oracle of all others.
    """

    def __init__(self, table: Table = closure_table) -> None:
        """Decide fields by `table`, which answers as `closure_table`."""
        self._table = table

    def event_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[n]: 1 for the events of chunk `at` it holds of."""
        return frozen(_events(_Ground(self._table, told, at), condition).view(np.uint8))

    def person_mask(self, told: Told, at: int, condition: Condition) -> U8:
        """Return u8[p]: 1 for the persons of chunk `at` it holds of."""
        return frozen(_people(_Ground(self._table, told, at), condition).view(np.uint8))


CLOSURES = ByValue()


@dataclass(frozen=True, slots=True)
class _Ground:
    table: Table
    told: Told
    at: int

    @property
    def chunk(self) -> SortedChunk:
        return self.told.chunks[self.at]

    def taken(self, column: PropertyColumn | TraitColumn, leaf: FieldLeaf) -> Flags:
        return self.table(leaf, column.values)[column.codes[self.at]]


def check_loaded(sequences: Sequences, condition: Condition, where: str) -> None:
    """Refuse a condition whose columns are not there.

    Raises:
        BadInput: names the first one that is missing.
    """
    lacking = lacking_of(sequences, fields(condition))
    if lacking is not None:
        message = f"{lacking} is not loaded; give it by with_properties"
        raise BadInput(message, where=where)


def lacking_of(sequences: Sequences, wanted: Fields) -> str | None:
    """Return the first column a question reads that is not there, None when all are."""
    for name in columns_of(wanted):
        column = sequences.properties.get(name)
        if column is None:
            return f"property {name!r}"
        if column.names is not None and (wanted.names is None or wanted.names - column.names):
            return f"property {name!r} of all events asked of"
    traits = sorted(wanted.traits - set(sequences.traits))
    return f"trait {traits[0]!r}" if traits else None


def people_of_rows(chunk: SortedChunk) -> NDArray[np.intp]:
    """Return for each event of a chunk the place of its person."""
    return np.repeat(np.arange(len(chunk.starts) - 1), np.diff(chunk.starts))


def _events(ground: _Ground, condition: Condition) -> Flags:
    chunk = ground.chunk
    match condition:
        case AllOf(of):
            return _joined(np.logical_and, [_events(ground, part) for part in of], chunk)
        case AnyOf(of):
            return _joined(np.logical_or, [_events(ground, part) for part in of], chunk)
        case NotOf(of):
            return ~_events(ground, of)
        case TraitIs() | Did():
            return _people(ground, condition)[people_of_rows(chunk)]
        case _:
            return _event_leaf(ground, condition)


def _event_leaf(ground: _Ground, leaf: EventLeaf) -> Flags:
    chunk = ground.chunk
    match leaf:
        case PropertyIs(path):
            return ground.taken(ground.told.properties[property_column(path)], leaf)
        case ContextIs(path):
            return ground.taken(ground.told.properties[context_column(path)], leaf)
        case EventNamed(names):
            return _named(ground.told.names, names)[chunk.code]
        case ChannelIs(names):
            return _by_code(_named(ground.told.channels, names), chunk.channel, len(chunk.time))
        case SourceIs(ids):
            return _by_code(np.isin(np.arange(_CODES), ids), chunk.source, len(chunk.time))
        case TimeIs(from_us, to_us):
            return _within(chunk, from_us, to_us)


def _people(ground: _Ground, condition: Condition) -> Flags:
    chunk = ground.chunk
    people = len(chunk.starts) - 1
    match condition:
        case AllOf(of):
            parts = [_people(ground, part) for part in of]
            return np.logical_and.reduce(parts) if parts else np.ones(people, np.bool_)
        case AnyOf(of):
            parts = [_people(ground, part) for part in of]
            return np.logical_or.reduce(parts) if parts else np.zeros(people, np.bool_)
        case NotOf(of):
            return ~_people(ground, of)
        case TraitIs(name):
            return ground.taken(ground.told.traits[name], condition)
        case Did():
            return _did(ground, condition)
        case _:
            message = f"a person has no {condition.__struct_config__.tag}"
            raise TypeError(message)


def _did(ground: _Ground, did: Did) -> Flags:
    chunk = ground.chunk
    rows = _events(ground, did.event) & _within(chunk, did.from_us, did.to_us)
    sums = np.concatenate([[0], np.cumsum(rows)])
    counts = sums[chunk.starts[1:]] - sums[chunk.starts[:-1]]
    enough: Flags = _COMPARED[did.count.op](counts, did.count.value)
    return enough


def _named(known: Sequence[str], wanted: Sequence[str]) -> Flags:
    names = frozenset(wanted)
    return np.fromiter((name in names for name in known), np.bool_, len(known))


def _by_code(table: Flags, codes: NDArray[np.uint16], rows: int) -> Flags:
    """Return the table's answer by code; one code may stand for all rows, and have no name."""
    whole = np.zeros(_CODES, np.bool_)
    whole[: len(table)] = table
    found: Flags = whole[codes]
    return found if len(codes) == rows else np.repeat(found[:1], rows)


def _within(chunk: SortedChunk, from_us: int | None, to_us: int | None) -> Flags:
    found = np.ones(len(chunk.time), np.bool_)
    if from_us is not None:
        found &= chunk.time >= max(from_us, -TIME_LIMIT_US)
    if to_us is not None:
        found &= chunk.time < min(to_us, TIME_LIMIT_US + 1)
    return found


def _joined(how: np.ufunc, parts: Sequence[Flags], chunk: SortedChunk) -> Flags:
    if not parts:
        return np.full(len(chunk.time), how.identity, np.bool_)
    found: Flags = how.reduce(parts)
    return found
