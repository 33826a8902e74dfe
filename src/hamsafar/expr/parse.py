"""From JSON to a condition, with errors that say where it is wrong and how to mend it; and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from hamsafar.expr.operands import MAX_TEXT, Operand, op_of, operand_of, shown
from hamsafar.expr.types import (
    COUNT_OPS,
    AllOf,
    AnyOf,
    ChannelIs,
    Condition,
    ContextIs,
    Count,
    Did,
    EventNamed,
    NotOf,
    Op,
    PropertyIs,
    SourceIs,
    TimeIs,
    TraitIs,
)
from hamsafar.expr.values import FIRST_US, LAST_US, instant_us
from hamsafar.kernel.errors import BadInput

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
"""So many `all`, `any`, `not` and `did` may stand inside each other."""
MAX_PARTS = 500
"""So many conditions may stand in one tree."""
MAX_NAMES = 1000

MAX_COUNT = 1_000_000_000
MAX_SOURCE = (1 << 16) - 1

Members = Mapping[str, object]


def parse(data: bytes | str | object, where: str = "where") -> Condition:
    """Return the condition of JSON text, or of JSON that is decoded already.

    Args:
        data: the JSON.
        where: what errors call the whole of it.

    Raises:
        BadInput: not a condition; `where` is the path of what is wrong, e.g. `where.of[1].value`.

    >>> parse({"kind": "event", "names": ["Order Completed"]})
    EventNamed(names=('Order Completed',))
    """
    if isinstance(data, bytes | bytearray | str):
        if len(data) > MAX_BYTES:
            raise BadInput(f"a condition has at most {MAX_BYTES:,} bytes", where=where)
        try:
            data = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"not JSON: {error}", where=where) from None
    return _Reader().condition(data, where, 0)


@dataclass(slots=True)
class _Reader:
    """Counts what it has read."""

    parts: int = 0
    kinds: Mapping[str, Callable[[Members, str, int], Condition]] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = {
            "all": self._all,
            "any": self._any,
            "not": self._not,
            "event": lambda said, where, _: EventNamed(_names(said, where)),
            "property": self._property,
            "context": self._context,
            "trait": self._trait,
            "channel": lambda said, where, _: ChannelIs(_names(said, where)),
            "source": lambda said, where, _: SourceIs(_ids(said, where)),
            "time": self._time,
            "did": self._did,
        }

    def condition(self, data: object, where: str, depth: int) -> Condition:
        """Return the condition of decoded JSON."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise BadInput(f"more than {MAX_PARTS} conditions; save a part as a group", where=where)
        if depth > MAX_DEPTH:
            raise BadInput(f"nested deeper than {MAX_DEPTH}; flatten it", where=where)
        if not isinstance(data, Mapping):
            message = 'a condition is an object such as {"kind": "event", "names": ["…"]}'
            raise BadInput(f"{message}, not {shown(data)}", where=where)
        kind = data.get("kind")
        read = self.kinds.get(kind) if isinstance(kind, str) else None
        if read is None:
            kinds = ", ".join(self.kinds)
            raise BadInput(f"kind must be one of {kinds}; not {shown(kind)}", where=f"{where}.kind")
        return read(data, where, depth)

    def _all(self, said: Members, where: str, depth: int) -> Condition:
        return AllOf(self._of(said, where, depth))

    def _any(self, said: Members, where: str, depth: int) -> Condition:
        parts = self._of(said, where, depth)
        if not parts:
            raise BadInput("any of nothing never holds; give at least one", where=f"{where}.of")
        return AnyOf(parts)

    def _of(self, said: Members, where: str, depth: int) -> tuple[Condition, ...]:
        _only(said, where, "of")
        of = said.get("of")
        if not _is_list(of):
            raise BadInput(f"of must be a list of conditions, not {shown(of)}", where=f"{where}.of")
        return tuple(
            self.condition(part, f"{where}.of[{number}]", depth + 1)
            for number, part in enumerate(of)
        )

    def _not(self, said: Members, where: str, depth: int) -> Condition:
        _only(said, where, "of")
        return NotOf(self.condition(said.get("of"), f"{where}.of", depth + 1))

    def _property(self, said: Members, where: str, _depth: int) -> Condition:
        path, operand = _path(said, where, "path"), _operand(said, where)
        return PropertyIs(path, operand.op, operand.value)

    def _context(self, said: Members, where: str, _depth: int) -> Condition:
        path, operand = _path(said, where, "path"), _operand(said, where)
        return ContextIs(path, operand.op, operand.value)

    def _trait(self, said: Members, where: str, _depth: int) -> Condition:
        name, operand = _path(said, where, "name"), _operand(said, where)
        return TraitIs(name, operand.op, operand.value)

    def _time(self, said: Members, where: str, _depth: int) -> Condition:
        _only(said, where, "from", "to")
        return TimeIs(*_range(said, where))

    def _did(self, said: Members, where: str, depth: int) -> Condition:
        _only(said, where, "names", "event", "count", "from", "to")
        if ("names" in said) == ("event" in said):
            raise BadInput('did takes either "names" or "event"', where=f"{where}.event")
        if "names" in said:
            event: Condition = EventNamed(_listed_names(said, where))
        else:
            event = self.condition(said["event"], f"{where}.event", depth + 1)
        _check_events_only(event, f"{where}.event")
        from_us, to_us = _range(said, where)
        return Did(event, _count(said.get("count"), f"{where}.count"), from_us, to_us)


def _check_events_only(event: Condition, where: str) -> None:
    """Refuse traits and `did` inside `did`: there the question is of events."""
    match event:
        case AllOf(of) | AnyOf(of):
            for number, part in enumerate(of):
                _check_events_only(part, f"{where}.of[{number}]")
        case NotOf(of):
            _check_events_only(of, f"{where}.of")
        case TraitIs() | Did():
            message = "inside did only events are asked of; put this beside the did"
            raise BadInput(message, where=where)
        case _:
            return


def _names(said: Members, where: str) -> tuple[str, ...]:
    _only(said, where, "names")
    return _listed_names(said, where)


def _listed_names(said: Members, where: str) -> tuple[str, ...]:
    names, at = said.get("names"), f"{where}.names"
    if not _is_list(names) or not names:
        raise BadInput(f"names must be a list of at least one text, not {shown(names)}", where=at)
    if len(names) > MAX_NAMES:
        raise BadInput(f"at most {MAX_NAMES} names", where=at)
    for number, name in enumerate(names):
        if not isinstance(name, str):
            raise BadInput(f"a name is text, not {shown(name)}", where=f"{at}[{number}]")
    return tuple(str(name) for name in names)


def _ids(said: Members, where: str) -> tuple[int, ...]:
    _only(said, where, "ids")
    ids, at = said.get("ids"), f"{where}.ids"
    if not _is_list(ids) or not ids:
        raise BadInput(f"ids must be a list of source ids, not {shown(ids)}", where=at)
    return tuple(_id(one, f"{at}[{number}]") for number, one in enumerate(ids))


def _id(one: object, where: str) -> int:
    if not isinstance(one, int) or isinstance(one, bool) or not 0 <= one <= MAX_SOURCE:
        raise BadInput(f"a source id is a number 0 … {MAX_SOURCE}, not {shown(one)}", where=where)
    return one


def _path(said: Members, where: str, key: str) -> str:
    _only(said, where, key, "op", "value")
    path = said.get(key)
    if not isinstance(path, str) or len(path) > MAX_TEXT:
        message = f"{key} must be text of at most {MAX_TEXT} characters, not {shown(path)}"
        raise BadInput(message, where=f"{where}.{key}")
    return path


def _operand(said: Members, where: str) -> Operand:
    op = op_of(said.get("op"), f"{where}.op")
    return operand_of(op, said.get("value"), f"{where}.value")


def _range(said: Members, where: str) -> tuple[int | None, int | None]:
    low, high = (_instant(said.get(key), f"{where}.{key}") for key in ("from", "to"))
    if low is not None and high is not None and low >= high:
        raise BadInput("to must be after from", where=f"{where}.to")
    return low, high


def _instant(value: object, where: str) -> int | None:
    if value is None:
        return None
    at = instant_us(value) if isinstance(value, str) else None
    if at is None or not FIRST_US <= at <= LAST_US:
        message = f"must be a time such as 2026-11-23T08:00:00Z, not {shown(value)}"
        raise BadInput(message, where=where)
    return at


def _count(said: object, where: str) -> Count:
    if said is None:
        return Count()
    if not isinstance(said, Mapping):
        message = 'count is an object such as {"op": "at_least", "value": 2}'
        raise BadInput(f"{message}, not {shown(said)}", where=where)
    _only(said, where, "op", "value", is_tagged=False)
    op = op_of(said.get("op", Op.AT_LEAST), f"{where}.op")
    if op not in COUNT_OPS:
        ops = ", ".join(sorted(COUNT_OPS))
        raise BadInput(f"a count is compared by {ops}; not {op}", where=f"{where}.op")
    value = said.get("value", 1)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_COUNT:
        message = f"a count is a whole number 0 … {MAX_COUNT:,}, not {shown(value)}"
        raise BadInput(message, where=f"{where}.value")
    return Count(op, value)


def _only(said: Members, where: str, *known: str, is_tagged: bool = True) -> None:
    """Refuse members nobody reads: a misspelt one would silently change the meaning."""
    allowed = {*known, "kind"} if is_tagged else set(known)
    for key in said:
        if key not in allowed:
            names = ", ".join(sorted(allowed))
            raise BadInput(f"{key!r} is not known here; known are {names}", where=where)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
