"""The skeleton of well-formed JSON, measured without building any object."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 17
"""Bytes looked at together; small enough to stay in the processor's cache."""
_ITEM_LEVEL = 2
"""Separators of a batch's events stand inside the body's object and inside the list."""


def shape(text: bytes) -> tuple[int, int]:
    """Return (depth, number of keys over all levels).

    Example:
        >>> shape(b'{"a": {"b": [1, "{:"]}}')
        (3, 2)
    """
    depth = keys = 0
    for plain, level in _skeleton(text):
        depth = max(depth, int(level.max()))
        keys += int(np.count_nonzero(plain == ord(":")))
    return depth, keys


def has_more_items(text: bytes, most: int) -> bool:
    """Return whether lists directly under the outermost object hold more than `most` items."""
    separators = 0
    for plain, level in _skeleton(text):
        separators += int(np.count_nonzero((plain == ord(",")) & (level == _ITEM_LEVEL)))
        if separators >= most:
            return True
    return False


def _skeleton(text: bytes) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int32]]]:
    """Yield the bytes outside strings (inside: 0) and the nesting level after each of them."""
    # Escapes come in pairs read from the left, as `replace` does, so what stays are real quotes.
    bare = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    whole = np.frombuffer(bare, dtype=np.uint8)
    inside = np.uint8(0)
    level = np.int32(0)
    for start in range(0, len(whole), _CHUNK):
        piece = whole[start : start + _CHUNK]
        quoted = (np.cumsum(piece == ord('"'), dtype=np.uint8) + inside) & np.uint8(1)
        plain = piece * (quoted ^ np.uint8(1))
        # `[`, `{` are 0x5B, 0x7B and `]`, `}` are 0x5D, 0x7D: bit 0x20 apart.
        folded = plain & np.uint8(0xDF)
        steps = (folded == ord("[")).view(np.int8) - (folded == ord("]")).view(np.int8)
        levels = np.cumsum(steps, dtype=np.int32) + level
        yield plain, levels
        inside, level = quoted[-1], levels[-1]
