"""Maps as text: JSON and YAML with the same fields, read with errors one can find, written stably.

Example:
    >>> journey = from_yaml('''
    ... id: buy
    ... name: {en: Buy}
    ... stages:
    ... - id: pay
    ...   of:
    ...   - {kind: touchpoint, id: paid, events: [Order Completed]}
    ... ''')
    >>> journey.stages[0].of[0].events
    ('Order Completed',)
    >>> from_yaml(to_yaml(journey)) == journey
    True
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Protocol

import msgspec

from hamsafar import expr
from hamsafar.kernel.errors import BadInput
from hamsafar.lang.text import is_valid_text
from hamsafar.maps.checks import checked
from hamsafar.maps.errors import BadMap
from hamsafar.maps.types import JourneyMap

MAX_TEXT = 300_000
"""A map of the largest size has a tenth of this."""
_TOO_DEEP = "the parts stand too deep in each other"
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_WIDTH = 100


class _Mark(Protocol):
    line: int


class _Node(Protocol):
    """A node of a YAML document."""

    tag: str
    value: object
    start_mark: _Mark


def from_json(body: bytes | str) -> JourneyMap:
    """Return the map a JSON text tells.

    Raises:
        BadMap: it tells none; `where` is the place of the fault.
    """
    try:
        found = json.loads(body)
    except ValueError as error:
        raise BadMap(f"this is not JSON: {error}", where="json") from None
    except RecursionError:
        raise BadMap(_TOO_DEEP, where="json") from None
    return from_object(found)


def from_object(found: object) -> JourneyMap:
    """Return the map that plain lists, mappings and scalars tell.

    Raises:
        BadMap: they tell none; `where` is the place of the fault.
    """
    try:
        journey = msgspec.convert(_folded(found, ""), JourneyMap)
    except msgspec.ValidationError as error:
        raise _shape_fault(error) from None
    except RecursionError:
        raise BadMap(_TOO_DEEP, where="stages") from None
    for place, text in _texts(msgspec.to_builtins(journey)):
        if not is_valid_text(text):
            raise BadMap("the text holds a character that cannot be stored", where=place)
    return checked(journey)


def to_json(journey: JourneyMap) -> bytes:
    """Return the map as JSON; what is as by default is left out."""
    # Not msgspec: conditions may hold integers beyond 64 bits.
    return json.dumps(to_object(journey), ensure_ascii=False, separators=(",", ":")).encode()


def to_object(journey: JourneyMap) -> dict[str, object]:
    """Return the map as plain lists, mappings and scalars; what is as by default is left out."""
    return {str(name): value for name, value in _unfolded(msgspec.to_builtins(journey)).items()}


def from_yaml(text: str) -> JourneyMap:
    """Return the map a YAML text tells.

    Raises:
        BadMap: it tells none; `line` and `where` are the place of the fault.
    """
    if len(text) > MAX_TEXT:
        raise BadMap(f"a map has at most {MAX_TEXT} characters", where="yaml")
    yaml = _yaml()
    try:
        loader = _loader()
        _refuse_aliases(text, yaml)
        root = yaml.compose(text, Loader=loader)
        found = yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "this is not YAML"
        raise BadMap(str(problem), where="yaml", line=mark.line + 1 if mark else 0) from None
    except (ValueError, OverflowError) as error:
        raise BadMap(f"this is not YAML: {error}", where="yaml") from None
    except RecursionError:
        raise BadMap(_TOO_DEEP, where="yaml") from None
    if not isinstance(found, dict):
        raise BadMap("a map begins with `id:`, `name:` and `stages:`", where="yaml", line=1)
    try:
        return from_object(found)
    except BadMap as fault:
        detail, where = fault.detail, fault.where
        raise BadMap(detail, where=where, line=_line_of(root, where)) from None


def to_yaml(journey: JourneyMap) -> str:
    """Return the map as YAML, fields in the order of the documentation."""
    plain = _ordered(to_object(journey))
    text: str = _yaml().safe_dump(plain, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text


def _ordered(plain: object) -> object:
    """Return mappings with the words that name a part before the parts in it."""
    match plain:
        case dict():
            names = sorted(plain, key=_rank)
            return {name: _ordered(plain[name]) for name in names}
        case list() | tuple():
            return [_ordered(item) for item in plain]
        case _:
            return plain


_LATE = ("attempts", "of", "stages")


def _rank(name: object) -> int:
    """Return where a field stands: long parts last, the others as they come (sorting is stable)."""
    first = ("kind", "id", "name", "label", "aim")
    if name in first:
        return first.index(str(name)) - len(first)
    return _LATE.index(str(name)) + 1 if name in _LATE else 0


def _folded(plain: object, place: str) -> object:
    """Return plain parts with every condition as its canonical JSON text.

    Raises:
        BadMap: a condition is none.
    """
    match plain:
        case dict():
            found = {n: _folded(v, f"{place}.{n}" if place else str(n)) for n, v in plain.items()}
            if plain.get("kind") == "touchpoint" and found.pop("where", None) is not None:
                found["where"] = _condition(plain["where"], f"{place}.where")
            return found
        case list():
            return [_folded(inner, f"{place}[{number}]") for number, inner in enumerate(plain)]
        case _:
            return plain


def _condition(plain: object, place: str) -> str:
    try:
        return expr.to_json(expr.parse(plain, place)).decode()
    except BadInput as error:
        raise BadMap(error.detail, where=error.where) from None


def _unfolded(plain: dict[str, object]) -> dict[str, object]:
    """Return plain parts with every condition as it is written."""
    found = {name: _unfolded_value(value) for name, value in plain.items()}
    if plain.get("kind") == "touchpoint" and "where" in plain:
        found["where"] = json.loads(str(plain["where"]))
    return found


def _unfolded_value(plain: object) -> object:
    match plain:
        case dict():
            return _unfolded(plain)
        case list() | tuple():
            return [_unfolded_value(inner) for inner in plain]
        case _:
            return plain


def _texts(plain: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in plain lists and mappings with its place."""
    match plain:
        case str():
            yield place, plain
        case dict():
            for name, inner in plain.items():
                yield from _texts(inner, f"{place}.{name}" if place else str(name))
        case list() | tuple():
            for number, inner in enumerate(plain):
                yield from _texts(inner, f"{place}[{number}]")


def _refuse_aliases(text: str, yaml: ModuleType) -> None:
    """Refuse anchors: a few lines of them can stand for more than any memory holds.

    Raises:
        BadMap: there is one.
    """
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "anchors and aliases (& and *) are not supported; write the part out"
            raise BadMap(message, where="yaml", line=event.start_mark.line + 1)


def _shape_fault(error: Exception) -> BadMap:
    """Return what msgspec says in our words, with its place as ours."""
    text = str(error)
    found = _PLACE.search(text)
    detail = text[: found.start()] if found else text
    where = found[1] if found else ""
    return BadMap(detail.replace("Object", "This part").replace("`", "'"), where=where)


def _line_of(root: _Node | None, where: str) -> int:
    """Return the line where a place stands, or the innermost part of it that is there."""
    node = root
    line = 1
    for index, name in _STEP.findall(where):
        inner = None if node is None else _inside(node, name if name else int(index))
        if inner is None:
            break
        key, node = inner
        line = key.start_mark.line + 1
    return line


def _inside(node: _Node, step: str | int) -> tuple[_Node, _Node] | None:
    """Return the key (of a list: the item) and the value one step inside a node."""
    value = node.value
    if not isinstance(value, list):
        return None
    if isinstance(step, int):
        return (value[step], value[step]) if step < len(value) else None
    for pair in value:
        if isinstance(pair, tuple) and pair[0].value == step:
            return pair
    return None


@cache
def _loader() -> type:
    """Return PyYAML's safe loader, to which a date is a text as any other."""
    safe = _yaml().SafeLoader
    resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in safe.yaml_implicit_resolvers.items()
    }
    return type("_Loader", (safe,), {"yaml_implicit_resolvers": resolvers})


@cache
def _yaml() -> ModuleType:
    """Return PyYAML, loaded when the first YAML is read or written."""
    return import_module("yaml")
