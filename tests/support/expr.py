"""Random conditions over random events with the odd values that clients really send."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from hamsafar.expr import (
    AllOf,
    AnyOf,
    ChannelIs,
    Condition,
    ContextIs,
    Count,
    Did,
    Event,
    EventNamed,
    NotOf,
    Op,
    Person,
    PropertyIs,
    SourceIs,
    TimeIs,
    TraitIs,
    decoded,
    keys_of,
    value_at,
)
from hamsafar.expr.operands import operand_of
from hamsafar.expr.types import COUNT_OPS
from hamsafar.journeys import Attributes, Sequences
from hamsafar.journeys.columns import context_column, property_column

NAMES = ("view", "buy", "خرید")
CHANNELS = ("web", "store")
PATHS = ("a", "b", "a.b", r"a\.b", "", "context.a", "گروه", "A")
KEYS = ("a", "b", "a.b", "", "context", "گروه", "A")
TRAITS = ("city", "plan.x", "A")

TEXTS = st.one_of(
    st.sampled_from([
        "",
        "a",
        "ab",
        "AB",
        "XXL",
        "XL",
        "كتاب",
        "کتاب",
        "کتا\u200cب",
        "۱۲",
        "12",
        "١٢",
        "1",
        "true",
        "null",
        "NaN",
        "[1]",
        "s",
        "n1",
        "l",
        "e\u0301",
        "é",
        "سلام",
        "\x1f",
        "\\",
        "\\_",
        "a\x00b",
        "😀",
        "\ufffd",
        "2026-01-01",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00.0000009+03:30",
        "2025-12-31T20:30:00-0330",
        "2026-02-30",
        "2026-13-01",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31T23:59:59.999999999-23:59",
        "2026-01-01 00:00",
        "2026-01-01T24:00",
        "2026-01-01\n",
        "۲۰۲۶-۰۱-۰۱",
    ]),
    st.text(max_size=4),
)
NUMBERS = st.one_of(
    st.sampled_from([
        0,
        1,
        -1,
        1.0,
        -0.0,
        0.1,
        1.5,
        1e16,
        10**16,
        2**53,
        2**53 + 1,
        float(2**53),
        2**63 - 1,
        2**63,
        2**64,
        -(2**63),
        -(2**63) - 1,
        10**22,
        1e22,
        10**30 + 1,
        1e300,
        5e-324,
        10**309,
        1e-7,
    ]),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
)
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans())
VALUES = st.recursive(
    st.one_of(st.none(), SCALARS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=5,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)
RAW = st.sampled_from([
    b'{"a": 1e999, "b": -1e999}',
    b'{"a":\t1 , "a" : 2}',
    b'{"\\u0061": 5}',
    b'{ "a" : {"b" : [1, "x", {"c": "}"}] , "b":"\\"]"} }',
    b'{"a": "\\ud83d\\ude00"}',
    b'{"a": "\\ud800"}',
    b'{"a": 1.0, "b": 1, "A": 1E0}',
    b"{}",
    b"",
    b"[1]",
    b'"a"',
    b'{"a": ' + b"9" * 500 + b"}",
    b'{"a": "' + b"x" * 300 + b'"}',
])
JSON = st.one_of(
    RAW,
    OBJECTS.map(lambda value: json.dumps(value, ensure_ascii=False).encode(errors="replace")),
    OBJECTS.map(lambda value: json.dumps(value, indent=1).encode()),
)
"""Bytes of JSON objects, in several hands."""


@dataclass(frozen=True)
class Said:
    """One event as it is at rest."""

    person: int
    at: int
    name: str
    channel: str = "web"
    source: int = 0
    properties: bytes = b""
    context: bytes = b""


EVENTS = st.lists(
    st.builds(
        Said,
        person=st.integers(0, 3),
        at=st.integers(-3, 3),
        name=st.sampled_from(NAMES),
        channel=st.sampled_from(CHANNELS),
        source=st.integers(0, 2),
        properties=JSON,
        context=JSON,
    ),
    min_size=1,
    max_size=8,
)
TRAITS_OF = st.dictionaries(st.integers(0, 3), st.dictionaries(st.sampled_from(TRAITS), VALUES))


def _operand(op: Op) -> st.SearchStrategy[object]:
    if op in {Op.EXISTS, Op.MISSING}:
        return st.none()
    if op in {Op.IN, Op.NOT_IN}:
        return st.lists(SCALARS, min_size=1, max_size=3)
    if op in {Op.STARTS_WITH, Op.ENDS_WITH}:
        return TEXTS
    if op in {Op.BEFORE, Op.AFTER}:
        return TEXTS.filter(lambda text: text[:3].isascii())
    if op == Op.BETWEEN:
        return st.lists(NUMBERS, min_size=2, max_size=2).map(sorted)
    if op in {Op.GREATER, Op.AT_LEAST, Op.LESS, Op.AT_MOST}:
        return NUMBERS
    return SCALARS


@st.composite
def _compared(draw: st.DrawFn):
    op = draw(st.sampled_from(list(Op)))
    value = draw(_operand(op))
    try:
        operand = operand_of(op, value, "")
    except ValueError:
        raise
    except Exception:  # noqa: BLE001  (a value the operator refuses: ask for presence instead)
        return Op.EXISTS, None
    return operand.op, operand.value


_RANGE = st.tuples(st.none() | st.integers(-3, 0), st.none() | st.integers(1, 3))
EVENT_LEAVES = st.one_of(
    st.builds(lambda p, c: PropertyIs(p, *c), st.sampled_from(PATHS), _compared()),
    st.builds(lambda p, c: PropertyIs(p, *c), st.sampled_from(PATHS), _compared()),
    st.builds(lambda p, c: ContextIs(p, *c), st.sampled_from(PATHS), _compared()),
    st.lists(st.sampled_from([*NAMES, "nobody"]), min_size=1, max_size=2).map(
        lambda names: EventNamed(tuple(names))
    ),
    st.lists(st.sampled_from([*CHANNELS, "air"]), min_size=1, max_size=2).map(
        lambda names: ChannelIs(tuple(names))
    ),
    st.lists(st.integers(0, 3), min_size=1, max_size=2).map(lambda ids: SourceIs(tuple(ids))),
    _RANGE.map(lambda ends: TimeIs(*ends)),
)


def _trees(leaves: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda of: AllOf(tuple(of))),
            st.lists(inner, min_size=1, max_size=3).map(lambda of: AnyOf(tuple(of))),
            inner.map(NotOf),
        ),
        max_leaves=5,
    )


DIDS = st.builds(
    lambda event, op, value, ends: Did(event, Count(op, value), *ends),
    _trees(EVENT_LEAVES),
    st.sampled_from(sorted(COUNT_OPS)),
    st.integers(0, 3),
    _RANGE,
)
PERSON_LEAVES = st.one_of(
    st.builds(lambda n, c: TraitIs(n, *c), st.sampled_from(TRAITS), _compared()), DIDS
)
PEOPLE_CONDITIONS = _trees(PERSON_LEAVES)
CONDITIONS = _trees(st.one_of(EVENT_LEAVES, EVENT_LEAVES, PERSON_LEAVES))


@dataclass(frozen=True)
class World:
    """The same events for the closures and for columns."""

    said: list[Said]
    traits: dict[int, dict[str, object]] = field(default_factory=dict)

    def people(self) -> dict[int, Person]:
        return {
            person: Person(
                traits=self.traits.get(person, {}),
                events=[_event(one, Person()) for one in self.said if one.person == person],
            )
            for person in {one.person for one in self.said}
        }

    def events(self) -> list[Event]:
        """Return the events in the order of `sequences`."""
        people = self.people()
        ordered = sorted(self.said, key=lambda one: (one.person, one.at))
        return [_event(one, people[one.person]) for one in ordered]

    def sequences(self) -> Sequences:
        """Return the events as columns with every path there is."""
        columns: dict[str, list[object]] = {}
        for path in PATHS:
            keys = keys_of(path)
            columns[property_column(path)] = [
                value_at(decoded(one.properties), keys) for one in self.said
            ]
            columns[context_column(path)] = [
                value_at(decoded(one.context), keys) for one in self.said
            ]
        traits = {
            name: {who: said.get(name) for who, said in self.traits.items()} for name in TRAITS
        }
        return plain_sequences(self.said, properties=columns, traits=traits)


def plain_sequences(said: list[Said], **columns: object) -> Sequences:
    """Return events as columns; `columns` are properties and traits of `Attributes`."""
    return Sequences.from_arrays(
        person=np.array([one.person for one in said], np.int64),
        time_us=np.array([one.at for one in said], np.int64),
        code=np.array([NAMES.index(one.name) for one in said], np.int64),
        names=NAMES,
        attributes=Attributes(
            channel=np.array([CHANNELS.index(one.channel) for one in said], np.int64),
            channels=CHANNELS,
            source=np.array([one.source for one in said], np.int64),
            **columns,  # type: ignore[arg-type]
        ),
    )


def _event(one: Said, person: Person) -> Event:
    return Event(
        name=one.name,
        channel=one.channel,
        source=one.source,
        at_us=one.at,
        properties=_object(one.properties),
        context=_object(one.context),
        person=person,
    )


def _object(raw: bytes) -> dict[str, object]:
    found = decoded(raw)
    return found if isinstance(found, dict) else {}
