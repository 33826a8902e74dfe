"""The condition tree: frozen nodes, each tagged by `kind`; made by `parse`."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

Scalar: TypeAlias = str | int | float | bool
"""A value one compares with."""
Value: TypeAlias = Scalar | tuple[Scalar, ...] | None
"""What an operator takes: nothing, one value, a list, or the two ends of `between`."""


class Op(StrEnum):
    """How a value is compared; `types_of` in the reference says with which types."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    GREATER = "greater"
    AT_LEAST = "at_least"
    LESS = "less"
    AT_MOST = "at_most"
    BETWEEN = "between"
    EXISTS = "exists"
    MISSING = "missing"
    BEFORE = "before"
    AFTER = "after"


COUNT_OPS = frozenset({Op.EQUALS, Op.AT_LEAST, Op.AT_MOST, Op.GREATER, Op.LESS})
"""How a number of events is compared."""


class _Node(msgspec.Struct, frozen=True, tag_field="kind"):
    pass


class AllOf(_Node, frozen=True, tag="all"):
    """Every part holds; of no parts: always."""

    of: tuple[Condition, ...]


class AnyOf(_Node, frozen=True, tag="any"):
    """At least one part holds."""

    of: tuple[Condition, ...]


class NotOf(_Node, frozen=True, tag="not"):
    """The part does not hold."""

    of: Condition


class EventNamed(_Node, frozen=True, tag="event"):
    """The event has one of these names."""

    names: tuple[str, ...]


class PropertyIs(_Node, frozen=True, tag="property"):
    r"""A property of the event compares so.

    Attributes:
        path: keys from the outside in, parted by dots; `\.` is a dot in a key.
        op: how to compare.
        value: normal form (see `values.normal`), None for `exists` and `missing`.
    """

    path: str
    op: Op
    value: Value = None


class ContextIs(_Node, frozen=True, tag="context"):
    """A field of the event's context compares so; attributes as of `PropertyIs`."""

    path: str
    op: Op
    value: Value = None


class TraitIs(_Node, frozen=True, tag="trait"):
    """A trait of the person, as it is now, compares so.

    Attributes:
        name: whole name of the trait; dots mean nothing.
        op, value: as of `PropertyIs`.
    """

    name: str
    op: Op
    value: Value = None


class ChannelIs(_Node, frozen=True, tag="channel"):
    """The event came through one of these channels."""

    names: tuple[str, ...]


class SourceIs(_Node, frozen=True, tag="source"):
    """The event came from one of these sources."""

    ids: tuple[int, ...]


class TimeIs(_Node, frozen=True, tag="time"):
    """The event occurred in a range.

    Attributes:
        from_us: first µs UTC that counts; None: from the beginning.
        to_us: first µs UTC that no longer counts; None: to the end.
    """

    from_us: int | None = None
    to_us: int | None = None


class Count(msgspec.Struct, frozen=True):
    """How often; `op` is one of `COUNT_OPS`, `value` 0 or more."""

    op: Op = Op.AT_LEAST
    value: int = 1


class Did(_Node, frozen=True, tag="did"):
    """The person had so many events of a kind.

    Attributes:
        event: which events; speaks of events alone.
        count: how many.
        from_us, to_us: as of `TimeIs`.
    """

    event: Condition
    count: Count = Count()
    from_us: int | None = None
    to_us: int | None = None


FieldLeaf: TypeAlias = PropertyIs | ContextIs | TraitIs
EventLeaf: TypeAlias = EventNamed | PropertyIs | ContextIs | ChannelIs | SourceIs | TimeIs
PersonLeaf: TypeAlias = TraitIs | Did
Condition: TypeAlias = AllOf | AnyOf | NotOf | EventLeaf | PersonLeaf
"""Any condition."""

ALWAYS = AllOf(())
"""Holds of everything."""
