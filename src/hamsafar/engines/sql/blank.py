"""Zeroes the unused bytes of an SQLite file's b-tree pages, in place.

SQLite's secure_delete zeroes freed cells and pages, but when it rebalances pages it leaves copies
of moved cells in their unused middle (found by our byte scans). This walks the trees and writes
zeros over exactly those unused bytes: the gap between the cell pointers and the cells, and the
insides of free blocks. What SQLite reads never changes, so readers are not disturbed.

Run as a program of its own, by `purge` only, while that holds the write lock over an empty WAL:
closing the file in a process that has it open through SQLite would drop SQLite's locks.

    python blank.py FILE ROOT_PAGE...

Source: https://www.sqlite.org/fileformat2.html#b_tree_pages
"""

from __future__ import annotations

import os
import struct
import sys

INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13
_HEADER = struct.Struct(">BHHHB")
_PAIR = struct.Struct(">HH")
_U16 = struct.Struct(">H")
_U32 = struct.Struct(">I")

Span = tuple[int, int]


def unused_spans(page: bytes, start: int, size: int) -> list[Span]:
    """Return the unused byte ranges of a b-tree page that are not zero yet.

    Args:
        page: its bytes.
        start: where its header begins: 100 on the first page of the file, else 0.
        size: its usable size.

    Raises:
        ValueError: not a well-formed b-tree page.
    """
    kind, block, cells, content, _ = _HEADER.unpack_from(page, start)
    if kind not in {INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE}:
        raise ValueError(f"not a b-tree page: type {kind}")
    content = content or 65_536
    gap = start + _header_size(kind) + 2 * cells
    if not gap <= content <= size:
        raise ValueError(f"the cells begin at {content}, their pointers end at {gap}")
    spans = [(gap, content)]
    while block:
        following, length = _PAIR.unpack_from(page, block)
        end = block + length
        if block < content or length < _PAIR.size or end > size or 0 < following < end:
            raise ValueError(f"free block of {length} bytes at {block}")
        spans.append((block + _PAIR.size, end))
        block = following
    return [(first, end) for first, end in spans if page.count(0, first, end) != end - first]


def children(page: bytes, start: int) -> list[int]:
    """Return the page numbers below an interior page; none for a leaf."""
    kind, _, cells, _, _ = _HEADER.unpack_from(page, start)
    if kind not in {INTERIOR_INDEX, INTERIOR_TABLE}:
        return []
    pointers = start + _header_size(kind)
    places = [_U16.unpack_from(page, pointers + 2 * cell)[0] for cell in range(cells)]
    right = _U32.unpack_from(page, start + 8)[0]
    return [*(_U32.unpack_from(page, place)[0] for place in places), right]


def blank(path: str, roots: list[int]) -> int:
    """Zero the unused bytes of every page of these trees; return how many bytes that were."""
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        head = os.pread(handle, 100, 0)
        size = _U16.unpack_from(head, 16)[0]
        size = 65_536 if size == 1 else size
        usable = size - head[20]
        waiting, written = list(roots), 0
        while waiting:
            number = waiting.pop()
            place = (number - 1) * size
            page = os.pread(handle, size, place)
            start = 100 if number == 1 else 0
            for first, end in unused_spans(page, start, usable):
                written += os.pwrite(handle, bytes(end - first), place + first)
            waiting += children(page, start)
        os.fsync(handle)
    finally:
        os.close(handle)
    return written


def _header_size(kind: int) -> int:
    return 12 if kind in {INTERIOR_INDEX, INTERIOR_TABLE} else 8


if __name__ == "__main__":
    blank(sys.argv[1], [int(root) for root in sys.argv[2:]])
