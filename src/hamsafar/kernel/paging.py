"""Paging by cursor: a page of items, and the opaque text that asks for the next one."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hamsafar.kernel.errors import BadInput

T = TypeVar("T")

Key = int | str | float | None
"""One part of a cursor: where the last item of a page stands in one sort column."""

_MAX_CURSOR = 2_000
_INT64 = 1 << 63
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items in order.

    Attributes:
        items: at most as many as were asked for.
        next: cursor of the following page; None when this is the last.
    """

    items: tuple[T, ...]
    next: str | None = None


def encode_cursor(keys: Sequence[Key]) -> str:
    """Return the cursor that stands for these sort keys: URL-safe, opaque to callers.

    >>> decode_cursor(encode_cursor((17, "سارا")))
    (17, 'سارا')
    """
    text = json.dumps(list(keys), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> tuple[Key, ...]:
    """Return the sort keys in a cursor.

    Raises:
        BadInput: it was not made by `encode_cursor`.
    """
    found = _load(cursor) if len(cursor) <= _MAX_CURSOR else None
    if not isinstance(found, list) or not all(_is_key(key) for key in found):
        raise BadInput("this cursor is not one of ours: use `next` of a page", where="cursor")
    return tuple(found)


def _load(cursor: str) -> object:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found: object = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return found


def _is_key(key: object) -> bool:
    # A forged cursor must not reach the database with what no database takes.
    match key:
        case None:
            return True
        case bool():
            return False
        case int():
            return -_INT64 <= key < _INT64
        case float():
            return math.isfinite(key)
        case str():
            return "\0" not in key and not _SURROGATE.search(key)
        case _:
            return False
