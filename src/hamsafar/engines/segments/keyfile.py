"""Files of cold dedup keys: sorted fingerprints under a table of fences.

A fence stands for one value of the top bits of a key: the first row of that cell, and a 32-bit
filter of the cell's keys beside it in the same word. So an unknown key mostly costs one read of
memory per file; a known one costs two. (Interpolation instead of fences costs 2-4.)
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from hamsafar.engines.segments.container import BodyWriter, FileKind, Mapped
from hamsafar.engines.segments.jit import kernel
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.types import I64, U64

U8 = NDArray[np.uint8]

KEYS_PER_FENCE = 4
HEAD = struct.Struct("<QI4x")
STRIDE = 8
CHUNK_ROWS = 1 << 20
MERGED_ROWS = 1 << 16
"""Rows copied at once by a merge; they stay in the processor's cache."""
MERGED_AT_ONCE = 8
"""Most files one merge reads."""


class KeyFile:
    """One mapped key file.

    Attributes:
        hi, lo, body: u64[n], sorted by (hi, lo).
        fence: u64[2**bits + 1], first row of each cell << 32 | filter.
        shift: 64 - bits.
    """

    def __init__(self, mapped: Mapped) -> None:
        self.mapped = mapped
        rows, bits = HEAD.unpack(mapped.index)
        fences = (1 << bits) + 1
        if mapped.body_length != (rows * 3 + fences) * STRIDE:
            raise DamagedData("key file has a wrong length", where=mapped.path.name)
        self.hi: U64 = np.frombuffer(mapped.map, np.uint64, rows, 0)
        self.lo: U64 = np.frombuffer(mapped.map, np.uint64, rows, rows * STRIDE)
        self.body: U64 = np.frombuffer(mapped.map, np.uint64, rows, rows * STRIDE * 2)
        self.fence: U64 = np.frombuffer(mapped.map, np.uint64, fences, rows * STRIDE * 3)
        self.shift = 64 - bits


Keys = tuple[U64, U64, U64]
"""hi, lo, body, aligned by index."""


def sort_keys(hi: U64, lo: U64, body: U64) -> Keys:
    """Return the keys sorted by (hi, lo)."""
    order = np.argsort(hi, kind="stable")
    if len(hi) > 1 and bool((np.diff(hi[order]) == 0).any()):
        order = np.lexsort((lo, hi))
    return hi[order], lo[order], body[order]


def fence_bits(rows: int) -> int:
    """Return how many top bits of a key the fence table of so many rows tells apart."""
    return max(1, (rows // KEYS_PER_FENCE).bit_length())


def write_keys(file: BinaryIO, keys: Keys) -> int:
    """Write sorted keys; return the bytes of the file."""
    hi = np.ascontiguousarray(keys[0])
    bits = fence_bits(len(hi))
    writer = BodyWriter(file, FileKind.KEYS)
    for column in keys:
        writer.write(np.ascontiguousarray(column).data)
    writer.write(fences_of(hi, np.ascontiguousarray(keys[1]), bits).data)
    return writer.seal(HEAD.pack(len(hi), bits))


def write_merged(file: BinaryIO, parts: Sequence[KeyFile]) -> int:
    """Write the keys of up to `MERGED_AT_ONCE` files as one; return its bytes.

    First which file each row comes from, then column by column in pieces of bounded size: writing
    into a mapped file instead costs three times the CPU (measured; page faults).
    """
    rows = sum(len(part.hi) for part in parts)
    bits = fence_bits(rows)
    columns = [_filled([getattr(part, name) for part in parts]) for name in ("hi", "lo", "body")]
    source = np.empty(rows, np.uint8)
    merge_order(columns[0], columns[1], source)
    writer = BodyWriter(file, FileKind.KEYS)
    for column in columns:
        at = np.zeros(MERGED_AT_ONCE, np.int64)
        for start in range(0, rows, MERGED_ROWS):
            piece = source[start : start + MERGED_ROWS]
            taken = np.empty(len(piece), np.uint64)
            take_merged(column, piece, at, taken)
            writer.write(taken.data)
    fence = np.zeros((1 << bits) + 1, np.uint64)
    for part in parts:
        count_fences(part.hi, part.lo, 64 - bits, fence)
    sum_fences(fence)
    writer.write(fence.data)
    return writer.seal(HEAD.pack(rows, bits))


def _filled(columns: list[U64]) -> tuple[U64, ...]:
    """Return as many columns as the kernels are compiled for, the further ones empty."""
    nothing = np.empty(0, np.uint64)
    return (*columns, *[nothing] * (MERGED_AT_ONCE - len(columns)))


def write_without(file: BinaryIO, source: KeyFile, removed: I64) -> int:
    """Write a key file without some rows (sorted); return its bytes."""
    rows = len(source.hi)
    writer = BodyWriter(file, FileKind.KEYS)
    keep = np.ones(rows, np.bool_)
    keep[removed] = False
    for column in (source.hi, source.lo, source.body):
        for start in range(0, rows, CHUNK_ROWS):
            end = start + CHUNK_ROWS
            writer.write(column[start:end][keep[start:end]].data)
    fence = np.zeros(len(source.fence), np.uint64)
    for start in range(0, rows, CHUNK_ROWS):
        here = keep[start : start + CHUNK_ROWS]
        chunk = slice(start, start + CHUNK_ROWS)
        count_fences(source.hi[chunk][here], source.lo[chunk][here], source.shift, fence)
    sum_fences(fence)
    writer.write(fence.data)
    return writer.seal(HEAD.pack(rows - len(removed), 64 - source.shift))


def fences_of(hi: U64, lo: U64, bits: int) -> U64:
    """Return the fences over sorted keys."""
    fence = np.zeros((1 << bits) + 1, np.uint64)
    count_fences(hi, lo, 64 - bits, fence)
    sum_fences(fence)
    return fence


@kernel
def count_fences(hi: U64, lo: U64, shift: int, fence: U64) -> None:
    """Count keys into the cell after theirs, and add them to the filter of their own."""
    down, one, half = np.uint64(shift), np.uint64(1), np.uint64(1 << 32)
    for i in range(len(hi)):
        cell = np.int64(hi[i] >> down)
        fence[cell] |= one << (lo[i] & np.uint64(31))
        fence[cell + 1] += half


@kernel
def sum_fences(fence: U64) -> None:
    """Turn counts into first rows."""
    upper = np.uint64(0xFFFFFFFF00000000)
    rows = np.uint64(0)
    for cell in range(len(fence)):
        rows += fence[cell] & upper
        fence[cell] = rows | (fence[cell] & ~upper)


@kernel
def probe_keys(
    keys: tuple[U64, U64], fences: tuple[U64, int], wanted: tuple[U64, U64], rows: I64
) -> None:
    """Write the row of every wanted key, -1 where it is not there.

    First a pass over the fences alone: its reads do not depend on each other, so many cache misses
    are under way at once.
    """
    hi, lo = keys
    fence, shift = fences
    down, one, half = np.uint64(shift), np.uint64(1), np.uint64(32)
    for i in range(len(rows)):
        filtered = fence[np.int64(wanted[0][i] >> down)]
        rows[i] = np.int64((filtered >> (wanted[1][i] & np.uint64(31))) & one) - 1
    for i in range(len(rows)):
        if rows[i] < 0:
            continue
        cell = np.int64(wanted[0][i] >> down)
        rows[i] = -1
        for at in range(np.int64(fence[cell] >> half), np.int64(fence[cell + 1] >> half)):
            if hi[at] == wanted[0][i] and lo[at] == wanted[1][i]:
                rows[i] = at


@kernel
def merge_order(hi: tuple[U64, ...], lo: tuple[U64, ...], source: U8) -> None:
    """Write for each row of the merged keys which of the sorted sets it comes from."""
    at = np.zeros(MERGED_AT_ONCE, np.int64)
    which = np.empty(MERGED_AT_ONCE, np.int64)
    head_hi = np.empty(MERGED_AT_ONCE, np.uint64)
    head_lo = np.empty(MERGED_AT_ONCE, np.uint64)
    left = 0
    for s in range(MERGED_AT_ONCE):
        if len(hi[s]):
            which[left], head_hi[left], head_lo[left] = s, hi[s][0], lo[s][0]
            left += 1
    for i in range(len(source)):
        first = 0
        for j in range(1, left):
            if head_hi[j] < head_hi[first] or (
                head_hi[j] == head_hi[first] and head_lo[j] < head_lo[first]
            ):
                first = j
        s = which[first]
        source[i] = s
        at[s] += 1
        if at[s] < len(hi[s]):
            head_hi[first], head_lo[first] = hi[s][at[s]], lo[s][at[s]]
        else:
            left -= 1
            which[first] = which[left]
            head_hi[first], head_lo[first] = head_hi[left], head_lo[left]


@kernel
def take_merged(column: tuple[U64, ...], source: U8, at: I64, out: U64) -> None:
    """Copy the next rows of each set to `out` in merged order, and move `at` on."""
    for i in range(len(out)):
        s = source[i]
        out[i] = column[s][at[s]]
        at[s] += 1


def look_up(files: list[KeyFile], hi: U64, lo: U64) -> tuple[NDArray[np.bool_], U64]:
    """Return for each key whether any file has it, and its body hash."""
    rows = find_rows(files, hi, lo)
    found = np.zeros(len(hi), np.uint64)
    known = np.zeros(len(hi), np.bool_)
    for file, at in zip(files, rows, strict=True):
        here = np.flatnonzero(at >= 0)
        known[here] = True
        found[here] = file.body[at[here]]
    return known, found


def find_rows(files: list[KeyFile], hi: U64, lo: U64) -> list[I64]:
    """Return for each file the row of each key in it, -1 where it has none."""
    result: list[I64] = []
    for file in files:
        rows = np.empty(len(hi), np.int64)
        probe_keys((file.hi, file.lo), (file.fence, file.shift), (hi, lo), rows)
        result.append(rows)
    return result
