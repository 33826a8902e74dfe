"""What a condition reads: so that only this is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hamsafar.expr.types import (
    AllOf,
    AnyOf,
    Condition,
    ContextIs,
    Did,
    EventNamed,
    NotOf,
    PropertyIs,
    TraitIs,
)
from hamsafar.kernel.errors import BadInput

Names = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Columns that a question reads; `a | b` reads what both read.

    Attributes:
        properties: paths of event properties.
        context: paths in events' context.
        traits: names of person traits.
        names: only of events of these names are properties and context read; None: of all.
    """

    properties: Names = frozenset()
    context: Names = frozenset()
    traits: Names = frozenset()
    names: Names | None = None

    def __or__(self, other: Fields) -> Fields:
        """Return what both read."""
        return Fields(
            properties=self.properties | other.properties,
            context=self.context | other.context,
            traits=self.traits | other.traits,
            names=self._names_with(other),
        )

    def _names_with(self, other: Fields) -> Names | None:
        if not (self.properties or self.context):
            return other.names
        if not (other.properties or other.context):
            return self.names
        return None if self.names is None or other.names is None else self.names | other.names

    def __bool__(self) -> bool:
        """Tell whether any column is read."""
        return bool(self.properties or self.context or self.traits)


NOTHING = Fields()


def fields(*conditions: Condition | None) -> Fields:
    """Return what these conditions read.

    Beside an `event` in the same `all`, properties are read of those events alone: of any other
    event the whole is false, whatever its properties.
    """
    found = NOTHING
    for condition in conditions:
        if condition is not None:
            found |= _read(condition, None)
    return found


def for_names(found: Fields, names: Names) -> Fields:
    """Return the same of events of these names alone, e.g. for a breakdown by one step."""
    return replace(found, names=names)


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield every leaf, those inside `did` too."""
    match condition:
        case AllOf(of) | AnyOf(of):
            for part in of:
                yield from leaves(part)
        case NotOf(of):
            yield from leaves(of)
        case Did():
            yield condition
            yield from leaves(condition.event)
        case _:
            yield condition


def is_about_events(condition: Condition) -> bool:
    """Tell whether it asks something of one event, outside `did`."""
    match condition:
        case AllOf(of) | AnyOf(of):
            return any(map(is_about_events, of))
        case NotOf(of):
            return is_about_events(of)
        case TraitIs() | Did():
            return False
        case _:
            return True


def is_about_people(condition: Condition) -> bool:
    """Tell whether it asks something of the person."""
    return any(isinstance(leaf, TraitIs | Did) for leaf in leaves(condition))


def check_people(condition: Condition, where: str = "people") -> Condition:
    """Return a condition that asks of people only.

    Raises:
        BadInput: it asks something of one event.
    """
    if is_about_events(condition):
        message = (
            "this asks something of one event, but people are wanted; put it into "
            '{"kind": "did", "event": …}'
        )
        raise BadInput(message, where=where)
    return condition


def _read(condition: Condition, names: Names | None) -> Fields:
    match condition:
        case AllOf(of):
            for part in of:
                if isinstance(part, EventNamed):
                    own = frozenset(part.names)
                    names = own if names is None else names & own
            return _union(of, names)
        case AnyOf(of):
            return _union(of, names)
        case NotOf(of):
            return _read(of, names)
        case PropertyIs(path):
            return Fields(properties=frozenset({path}), names=names)
        case ContextIs(path):
            return Fields(context=frozenset({path}), names=names)
        case TraitIs(name):
            return Fields(traits=frozenset({name}))
        case Did():
            return _read(condition.event, None)
        case _:
            return NOTHING


def _union(parts: tuple[Condition, ...], names: Names | None) -> Fields:
    found = NOTHING
    for part in parts:
        found |= _read(part, names)
    return found
