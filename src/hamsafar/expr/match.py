"""The first target: a condition as a closure over one event or one person.

Closed world: what is not there is false, so `not` is its exact opposite and there is no third
value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt

from hamsafar.expr.types import (
    AllOf,
    AnyOf,
    ChannelIs,
    Condition,
    ContextIs,
    Count,
    Did,
    EventLeaf,
    EventNamed,
    NotOf,
    Op,
    PersonLeaf,
    PropertyIs,
    Scalar,
    SourceIs,
    TimeIs,
    TraitIs,
    Value,
)
from hamsafar.expr.values import (
    JsonText,
    Normal,
    instant_us,
    items_of,
    keys_of,
    normal,
    number_of,
    typed,
    value_at,
)
from hamsafar.lang.text import spelling

Test = Callable[[Normal], bool]
"""Tells whether a value in normal form passes."""

NUMBER_OPS: Mapping[Op, Callable[[float, float], bool]] = {
    Op.GREATER: gt,
    Op.AT_LEAST: ge,
    Op.LESS: lt,
    Op.AT_MOST: le,
    Op.EQUALS: eq,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a condition may ask of a person.

    Attributes:
        traits: decoded values by name.
        events: all of them, for `did`.
    """

    traits: Mapping[str, object] = field(default_factory=dict)
    events: Sequence[Event] = ()


NOBODY = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a condition may ask of an event.

    Attributes:
        name, channel: as words.
        source: source id.
        at_us: when it occurred, µs UTC.
        properties, context: decoded JSON objects.
        person: whose it is.
    """

    name: str
    channel: str = ""
    source: int = 0
    at_us: int = 0
    properties: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, object] = field(default_factory=dict)
    person: Person = NOBODY


def event_test(condition: Condition) -> Callable[[Event], bool]:
    """Return whether the condition holds of an event (and of whose it is).

    >>> from hamsafar.expr import parse
    >>> test = event_test(parse('{"kind":"property","path":"total","op":"greater","value":10}'))
    >>> test(Event(name="Order Completed", properties={"total": 12}))
    True
    """
    match condition:
        case AllOf(of):
            parts = [event_test(part) for part in of]
            return lambda event: all(part(event) for part in parts)
        case AnyOf(of):
            parts = [event_test(part) for part in of]
            return lambda event: any(part(event) for part in parts)
        case NotOf(of):
            inner = event_test(of)
            return lambda event: not inner(event)
        case TraitIs() | Did():
            about = _person_leaf(condition)
            return lambda event: about(event.person)
        case _:
            return _event_leaf(condition)


def person_test(condition: Condition) -> Callable[[Person], bool]:
    """Return whether the condition holds of a person; `fields.check_people` says which may be asked.

    Raises:
        TypeError: it speaks of one event outside `did`.
    """
    match condition:
        case AllOf(of):
            parts = [person_test(part) for part in of]
            return lambda person: all(part(person) for part in parts)
        case AnyOf(of):
            parts = [person_test(part) for part in of]
            return lambda person: any(part(person) for part in parts)
        case NotOf(of):
            inner = person_test(of)
            return lambda person: not inner(person)
        case TraitIs() | Did():
            return _person_leaf(condition)
        case _:
            message = f"a person has no {type(condition).__struct_config__.tag}"
            raise TypeError(message)


def value_test(op: Op, value: Value) -> Test:
    """Return what one comparison tells of a value in normal form; None, missing, included."""
    match op:
        case Op.EXISTS:
            return lambda found: found is not None
        case Op.MISSING:
            return lambda found: found is None
        case Op.EQUALS | Op.IN:
            wanted = _typed_set(value)
            return lambda found: typed(found) in wanted
        case Op.NOT_EQUALS | Op.NOT_IN:
            wanted = _typed_set(value)
            return lambda found: typed(found) not in wanted
        case Op.CONTAINS:
            return _contains(_one(value))
        case Op.STARTS_WITH | Op.ENDS_WITH:
            return _edge(op, _one(value))
        case Op.BEFORE | Op.AFTER:
            return _moment(op, _one(value))
        case Op.BETWEEN:
            low, high = (number_of(end) or 0.0 for end in _many(value))
            return lambda found: (n := number_of(found)) is not None and low <= n <= high
        case Op.GREATER | Op.AT_LEAST | Op.LESS | Op.AT_MOST:
            compare, bound = NUMBER_OPS[op], number_of(_one(value)) or 0.0
            return lambda found: (n := number_of(found)) is not None and compare(n, bound)


def count_test(count: Count) -> Callable[[int], bool]:
    """Return whether so many are as many as asked."""
    compare, bound = NUMBER_OPS[count.op], count.value
    return lambda found: compare(found, bound)


def is_within(at_us: int, from_us: int | None, to_us: int | None) -> bool:
    """Return whether a time lies in a half-open range."""
    return (from_us is None or at_us >= from_us) and (to_us is None or at_us < to_us)


def _event_leaf(leaf: EventLeaf) -> Callable[[Event], bool]:
    match leaf:
        case EventNamed(names):
            return lambda event: event.name in names
        case ChannelIs(names):
            return lambda event: event.channel in names
        case SourceIs(ids):
            return lambda event: event.source in ids
        case TimeIs(from_us, to_us):
            return lambda event: is_within(event.at_us, from_us, to_us)
        case PropertyIs(path, op, value):
            keys, test = keys_of(path), value_test(op, value)
            return lambda event: test(value_at(event.properties, keys))
        case ContextIs(path, op, value):
            keys, test = keys_of(path), value_test(op, value)
            return lambda event: test(value_at(event.context, keys))


def _person_leaf(leaf: PersonLeaf) -> Callable[[Person], bool]:
    if isinstance(leaf, TraitIs):
        name, test = leaf.name, value_test(leaf.op, leaf.value)
        return lambda person: test(normal(person.traits.get(name)))
    is_meant, is_enough = event_test(leaf.event), count_test(leaf.count)

    def counted(person: Person) -> bool:
        return is_enough(
            sum(
                is_within(event.at_us, leaf.from_us, leaf.to_us) and is_meant(event)
                for event in person.events
            )
        )

    return counted


def _contains(part: Scalar) -> Test:
    item = typed(part)
    text = spelling(part) if isinstance(part, str) else None

    def contains(found: Normal) -> bool:
        if isinstance(found, JsonText):
            return any(typed(one) == item for one in items_of(found) or ())
        return text is not None and isinstance(found, str) and text in spelling(found)

    return contains


def _edge(op: Op, part: Scalar) -> Test:
    text = spelling(str(part))

    def at_edge(found: Normal) -> bool:
        if not isinstance(found, str) or isinstance(found, JsonText):
            return False
        own = spelling(found)
        return own.startswith(text) if op == Op.STARTS_WITH else own.endswith(text)

    return at_edge


def _moment(op: Op, moment: Scalar) -> Test:
    bound = instant_us(str(moment)) or 0

    def compared(found: Normal) -> bool:
        if not isinstance(found, str) or isinstance(found, JsonText):
            return False
        at = instant_us(spelling(found))
        return at is not None and (at < bound if op == Op.BEFORE else at > bound)

    return compared


def _typed_set(value: Value) -> frozenset[str | None]:
    return frozenset(map(typed, _many(value)))


def _many(value: Value) -> tuple[Scalar, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _one(value: Value) -> Scalar:
    (found,) = _many(value)
    return found
