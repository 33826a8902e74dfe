"""Values as conditions see them: one normal form, one typed text of it, one grammar of times.

Everything a condition compares has gone through `normal`, so each target compares the same thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from math import inf, isnan
from typing import Final, TypeAlias

import msgspec

from hamsafar.lang.text import spelling

MISSING: Final = None
"""Absent, null and unreadable are one thing: there is no value."""

EXACT_BELOW = 1 << 63
"""Whole numbers up to here are held as integers, whatever way they were written."""
_BEYOND = 400
"""An integer of so many digits is beyond every double."""
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_US = 86_400_000_000
FIRST_US = (date.min.toordinal() - _EPOCH) * _DAY_US
LAST_US = (date.max.toordinal() - _EPOCH + 1) * _DAY_US - 1
"""The first and last moment that can be written as ISO 8601 in UTC."""
_MINUTE_US = 60_000_000
_FRACTION = 6

TIME_PATTERN = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,9}))?)?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):?([0-5][0-9])?)?)?"
)
"""A date, or date and time with an offset; without an offset it is UTC. RE2 reads it the same."""
_TIME = re.compile(TIME_PATTERN)


class JsonText(str):
    """A list or an object as canonical JSON; not the text that reads the same."""

    __slots__ = ()


Normal: TypeAlias = str | int | float | bool | None
"""Normal form of a value; `JsonText` for lists and objects, None for missing."""


def normal(value: object) -> Normal:
    """Return the normal form of a decoded JSON value.

    Equal numbers are one: 1, 1.0 and 10e-1 are the integer 1, -0.0 is 0; an integer beyond 64 bits
    is a float where it equals one, else itself. Null is missing.

    >>> normal(1.0), normal(-0.0), normal(True), normal([1, "a"]), normal(None)
    (1, 0, True, '[1,"a"]', None)
    """
    match value:
        case None | bool():
            return value
        case str():
            return value if value.isascii() else _whole(value)
        case int():
            return value if -EXACT_BELOW <= value < EXACT_BELOW else _large(value)
        case float():
            if isnan(value):
                return MISSING
            is_whole = value.is_integer() and -EXACT_BELOW <= value < EXACT_BELOW
            return int(value) if is_whole else value
        case Mapping() | Sequence():
            try:
                return JsonText(_canonical(value))
            except RecursionError:
                return MISSING
        case _:
            return MISSING


def decoded(raw: bytes) -> object:
    """Return the value of JSON bytes; None when they are no JSON. Numbers beyond a double are ±inf.

    >>> decoded(b'[1, 1e999]'), decoded(b"")
    ([1, inf], None)
    """
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        found: object = json.loads(raw, parse_int=_integer, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found


def number_of(value: Normal) -> float | None:
    """Return a number as the nearest double, ±inf beyond; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def instant_us(text: str) -> int | None:
    """Return the µs UTC of an ISO 8601 date or time; None when it is none.

    >>> instant_us("1970-01-02"), instant_us("1970-01-01T03:30+03:30"), instant_us("1970-02-30")
    (86400000000, 0, None)
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    day, hour, minute, second, fraction, sign, off_hour, off_minute = found.groups()
    try:
        days = date.fromisoformat(day).toordinal() - _EPOCH
    except ValueError:
        return None
    minutes = int(hour or 0) * 60 + int(minute or 0)
    offset = int(off_hour or 0) * 60 + int(off_minute or 0)
    minutes += offset if sign == "-" else -offset
    micros = int((fraction or "")[:_FRACTION].ljust(_FRACTION, "0"))
    return days * _DAY_US + minutes * _MINUTE_US + int(second or 0) * 1_000_000 + micros


def iso_text(us: int) -> str:
    """Return µs UTC as ISO 8601 with Z, which `instant_us` reads as the same moment.

    >>> iso_text(1_500_000)
    '1970-01-01T00:00:01.500Z'
    """
    days, rest = divmod(us, _DAY_US)
    seconds, micros = divmod(rest, 1_000_000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    fraction = f"{micros // 1000:03d}" if micros % 1000 == 0 else f"{micros:06d}"
    return f"{date.fromordinal(days + _EPOCH).isoformat()}T{clock}.{fraction}Z"


def keys_of(path: str) -> tuple[str, ...]:
    r"""Return the keys of a path, outermost first; `\.` is a dot in a key, `\\` a backslash.

    >>> keys_of("cart.total"), keys_of(r"utm\.source")
    (('cart', 'total'), ('utm.source',))
    """
    if "\\" not in path:
        return tuple(path.split("."))
    keys, key, at = [], "", 0
    while at < len(path):
        if path[at] == "\\" and path[at + 1 : at + 2] in {".", "\\"}:
            key, at = key + path[at + 1], at + 2
        elif path[at] == ".":
            keys.append(key)
            key, at = "", at + 1
        else:
            key, at = key + path[at], at + 1
    return (*keys, key)


def path_of(*keys: str) -> str:
    r"""Return the path of these keys; `keys_of` gives them back.

    >>> path_of("cart", "total"), path_of("utm.source")
    ('cart.total', 'utm\\.source')
    """
    return ".".join(key.replace("\\", "\\\\").replace(".", "\\.") for key in keys)


def value_at(whole: object, keys: Sequence[str]) -> Normal:
    """Return the value under these keys in normal form; lists are not entered."""
    for key in keys:
        if not isinstance(whole, Mapping) or key not in whole:
            return MISSING
        whole = whole[key]
    return normal(whole)


_ITEM = "\x1f"


def typed(value: Normal) -> str | None:
    """Return the text databases compare: a letter for the type, then the value; None for missing.

    Equal typed texts mean equal values. Texts are in the `spelling`; a list holds its typed items
    between separators, so that one is found by a search for it.
    """
    match value:
        case None:
            return None
        case bool():
            return "t" if value else "f"
        case JsonText():
            return _typed_json(value)
        case str():
            return "s" + spelling(value)
        case int():
            return f"n{value}"
        case float():
            return f"n{_number_text(value)}"


def typed_item(value: Normal) -> str:
    """Return how a list's typed text holds this item."""
    text = typed(value) or "0"
    escaped = text.replace("\\", "\\\\").replace(_ITEM, "\\_")
    return f"{_ITEM}{escaped}{_ITEM}"


def items_of(value: JsonText) -> tuple[Normal, ...] | None:
    """Return the items of a list in normal form; None for an object."""
    whole = decoded(value.encode())
    return tuple(normal(item) for item in whole) if isinstance(whole, list) else None


_BIG = "1e999"


def _number_text(value: float) -> str:
    if value in {inf, -inf}:
        return _BIG if value > 0 else f"-{_BIG}"
    return repr(value)


def _typed_json(value: JsonText) -> str:
    items = items_of(value)
    if items is None:
        return "o"
    # One separator parts two items, each of which is looked for with both of its own.
    return "l" + "".join(typed_item(item) for item in items)


def _large(value: int) -> int | float:
    try:
        near = float(value)
    except OverflowError:
        return inf if value > 0 else -inf
    return near if near == value else value


def _integer(digits: str) -> int | float:
    if len(digits) > _BEYOND:
        return -inf if digits.startswith("-") else inf
    return int(digits)


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _canonical(value: object) -> str:
    """Return JSON with sorted keys, no spaces and numbers in normal form."""
    if isinstance(value, Mapping):
        parts = (f"{_text(str(key))}:{_canonical(value[key])}" for key in sorted(value))
        return "{" + ",".join(parts) + "}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        return "[" + ",".join(map(_canonical, value)) + "]"
    found = normal(value)
    return _number_text(found) if isinstance(found, float) else json.dumps(found)


def _text(value: str) -> str:
    return json.dumps(_whole(value), ensure_ascii=False)


def _whole(text: str) -> str:
    """Return the text with each lone surrogate, which no file can hold, replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\ufffd", text)
    return text
