"""The second target: a condition as DuckDB SQL with bound parameters, over typed texts.

It is asked of two relations:

    events(place, person, name, channel, source, time_us, f0, f1, …)
    people(person, f0, f1, …)

`person` is any number that joins the two; `fN` is a field's `values.typed` text,
NULL where it is missing; which field is said by `Sql.reads`. Every test is written so that it is
never NULL: what is not there is false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hamsafar.expr.match import count_test
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
    FieldLeaf,
    NotOf,
    Op,
    PropertyIs,
    Scalar,
    SourceIs,
    TimeIs,
    TraitIs,
    Value,
)
from hamsafar.expr.values import TIME_PATTERN, instant_us, number_of, typed, typed_item
from hamsafar.lang.text import spelling

Parameter = str | int | float

COMPARED = {
    Op.GREATER: ">",
    Op.AT_LEAST: ">=",
    Op.LESS: "<",
    Op.AT_MOST: "<=",
    Op.EQUALS: "=",
}
_PATTERN = f"'^{TIME_PATTERN}$'"


@dataclass(frozen=True, slots=True)
class Read:
    """A field the SQL reads.

    Attributes:
        kind: `property`, `context` or `trait`.
        path: as the condition has it.
        column: its name in the relation.
    """

    kind: str
    path: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """A boolean expression over a row of `events` or of `people`.

    Attributes:
        text: DuckDB SQL.
        parameters: for its question marks, in order.
        reads: fields, by first mention.
        joins: it asks the other relation too.
    """

    text: str
    parameters: tuple[Parameter, ...]
    reads: tuple[Read, ...]
    joins: bool


def event_sql(condition: Condition) -> Sql:
    """Return a condition as an expression over a row of `events`.

    >>> from hamsafar.expr import parse
    >>> event_sql(parse({"kind": "property", "path": "plan", "op": "equals", "value": "pro"})).text
    'coalesce(f0 IN (?), FALSE)'
    """
    writer = _Writer()
    return writer.sql(writer.event(condition))


def person_sql(condition: Condition) -> Sql:
    """Return a condition as an expression over a row of `people`.

    Raises:
        TypeError: it speaks of one event outside `did`.
    """
    writer = _Writer()
    return writer.sql(writer.person(condition))


def field_sql(leaf: FieldLeaf) -> Sql:
    """Return what one field must be, as an expression over a row of it: its column is `f0`.

    For a relation of the distinct values of a field: then each is decided once.
    """
    return person_sql(leaf) if isinstance(leaf, TraitIs) else event_sql(leaf)


@dataclass(slots=True)
class _Writer:
    parameters: list[Parameter] = field(default_factory=list)
    reads: dict[tuple[str, str], Read] = field(default_factory=dict)
    joins: bool = False

    def sql(self, text: str) -> Sql:
        return Sql(
            text=text,
            parameters=tuple(self.parameters),
            reads=tuple(self.reads.values()),
            joins=self.joins,
        )

    def event(self, condition: Condition) -> str:
        match condition:
            case AllOf(of):
                return _joined("AND", [self.event(part) for part in of])
            case AnyOf(of):
                return _joined("OR", [self.event(part) for part in of])
            case NotOf(of):
                return f"NOT {self.event(of)}"
            case TraitIs():
                self.joins = True
                test = self._field(condition)
                # Our own words only; every value is bound.
                return f"(person IN (SELECT person FROM people WHERE {test}))"  # noqa: S608
            case Did():
                return self._did(condition)
            case _:
                return self._event_leaf(condition)

    def person(self, condition: Condition) -> str:
        match condition:
            case AllOf(of):
                return _joined("AND", [self.person(part) for part in of])
            case AnyOf(of):
                return _joined("OR", [self.person(part) for part in of])
            case NotOf(of):
                return f"NOT {self.person(of)}"
            case TraitIs():
                return self._field(condition)
            case Did():
                return self._did(condition)
            case _:
                message = f"a person has no {condition.__struct_config__.tag}"
                raise TypeError(message)

    def _event_leaf(self, leaf: EventLeaf) -> str:
        match leaf:
            case EventNamed(names):
                return f"coalesce(name IN {self._list(names)}, FALSE)"
            case ChannelIs(names):
                return f"coalesce(channel IN {self._list(names)}, FALSE)"
            case SourceIs(ids):
                return f"(source IN {self._list(ids)})"
            case TimeIs(from_us, to_us):
                return self._within(from_us, to_us)
            case PropertyIs() | ContextIs():
                return self._field(leaf)

    def _did(self, did: Did) -> str:
        """Write who did it so often; who has no event at all is in neither relation's groups."""
        self.joins = True
        rows = f"{self.event(did.event)} AND {self._within(did.from_us, did.to_us)}"
        enough = f"count(*) FILTER (WHERE {rows}) {self._counted(did.count)}"
        groups = "SELECT person FROM events GROUP BY person HAVING"
        if count_test(did.count)(0):
            return f"(person NOT IN ({groups} NOT ({enough})))"
        return f"(person IN ({groups} {enough}))"

    def _counted(self, count: Count) -> str:
        return f"{COMPARED[count.op]} {self._bound(count.value)}"

    def _within(self, from_us: int | None, to_us: int | None) -> str:
        parts = []
        if from_us is not None:
            parts.append(f"time_us >= {self._bound(from_us)}")
        if to_us is not None:
            parts.append(f"time_us < {self._bound(to_us)}")
        return _joined("AND", parts)

    def _field(self, leaf: FieldLeaf) -> str:
        column = self._column(leaf)
        match leaf.op:
            case Op.EXISTS:
                return f"({column} IS NOT NULL)"
            case Op.MISSING:
                return f"({column} IS NULL)"
            case Op.NOT_EQUALS | Op.NOT_IN:
                return f"NOT coalesce({column} IN {self._typed(leaf.value)}, FALSE)"
            case _:
                return f"coalesce({self._compared(column, leaf.op, leaf.value)}, FALSE)"

    def _compared(self, column: str, op: Op, value: Value) -> str:
        match op:
            case Op.EQUALS | Op.IN:
                return f"{column} IN {self._typed(value)}"
            case Op.CONTAINS:
                return self._contains(column, _one(value))
            case Op.STARTS_WITH:
                return f"starts_with({column}, {self._bound('s' + _spelt(value))})"
            case Op.ENDS_WITH:
                end = self._bound(_spelt(value))
                return f"starts_with({column}, 's') AND ends_with(substr({column}, 2), {end})"
            case Op.BEFORE | Op.AFTER:
                sign = "<" if op == Op.BEFORE else ">"
                return f"{_instant(column)} {sign} {self._bound(instant_us(_spelt(value)) or 0)}"
            case Op.BETWEEN:
                low, high = (self._number(end) for end in _many(value))
                return f"{_number(column)} BETWEEN {low} AND {high}"
            case _:
                return f"{_number(column)} {COMPARED[op]} {self._number(_one(value))}"

    def _contains(self, column: str, part: Scalar) -> str:
        text = ""
        if isinstance(part, str):
            inside = self._bound(spelling(part))
            text = f"starts_with({column}, 's') AND contains(substr({column}, 2), {inside}) OR "
        item = self._bound(typed_item(part))
        return f"({text}starts_with({column}, 'l') AND contains({column}, {item}))"

    def _column(self, leaf: FieldLeaf) -> str:
        match leaf:
            case PropertyIs(path):
                key = ("property", path)
            case ContextIs(path):
                key = ("context", path)
            case TraitIs(name):
                key = ("trait", name)
        if key not in self.reads:
            self.reads[key] = Read(*key, f"f{len(self.reads)}")
        return self.reads[key].column

    def _typed(self, value: Value) -> str:
        return self._list([typed(one) or "" for one in _many(value)])

    def _number(self, value: Scalar) -> str:
        return f"CAST({self._bound(number_of(value) or 0.0)} AS DOUBLE)"

    def _list(self, values: Sequence[Parameter]) -> str:
        return f"({', '.join(map(self._bound, values))})"

    def _bound(self, value: Parameter) -> str:
        self.parameters.append(value)
        return "?"


def _joined(word: str, parts: Sequence[str]) -> str:
    if not parts:
        return "TRUE" if word == "AND" else "FALSE"
    return f"({f' {word} '.join(parts)})"


def _number(column: str) -> str:
    return f"TRY_CAST(CASE WHEN starts_with({column}, 'n') THEN substr({column}, 2) END AS DOUBLE)"


def _instant(column: str) -> str:
    """Return the µs UTC of a typed text, NULL where it is no time; as `values.instant_us`."""
    text = (
        f"CASE WHEN starts_with({column}, 's') AND "
        f"regexp_full_match(substr({column}, 2), '{TIME_PATTERN}') THEN substr({column}, 2) END"
    )

    def part(number: int) -> str:
        return f"regexp_extract({text}, {_PATTERN}, {number})"

    def whole(number: int) -> str:
        return f"coalesce(TRY_CAST({part(number)} AS BIGINT), 0)"

    days = (
        f"(TRY_CAST(CASE WHEN {part(1)} >= '0001' THEN {part(1)} END AS DATE) - DATE '1970-01-01')"
    )
    fraction = f"coalesce(TRY_CAST(rpad(substr({part(5)}, 1, 6), 6, '0') AS BIGINT), 0)"
    offset = f"(CASE WHEN {part(6)} = '-' THEN 1 ELSE -1 END * ({whole(7)} * 60 + {whole(8)}))"
    minutes = f"({whole(2)} * 60 + {whole(3)} + {offset})"
    return (
        f"(CAST({days} AS BIGINT) * 86400000000 + {minutes} * 60000000 "
        f"+ {whole(4)} * 1000000 + {fraction})"
    )


def _many(value: Value) -> tuple[Scalar, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _one(value: Value) -> Scalar:
    (found,) = _many(value)
    return found


def _spelt(value: Value) -> str:
    return spelling(str(_one(value)))
