"""Files of cold dedup keys: sorted fingerprints, a fence table on top, interpolation inside."""

from __future__ import annotations

import mmap
import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from hamsafar.engines.segments.container import BodyWriter, FileKind, Mapped
from hamsafar.engines.segments.jit import kernel
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.types import I64, U32, U64

KEYS_PER_FENCE = 32
HEAD = struct.Struct("<QI4x")
STRIDE = 8
CHUNK_ROWS = 1 << 20


class KeyFile:
    """One mapped key file.

    Attributes:
        hi, lo, body: u64[n], sorted by (hi, lo).
        fence: u32[2**bits + 1], first key of each top-bits value of hi.
        shift: 64 - bits.
    """

    def __init__(self, mapped: Mapped) -> None:
        self.mapped = mapped
        rows, bits = HEAD.unpack(mapped.index)
        fences = (1 << bits) + 1
        if mapped.body_length != rows * 3 * STRIDE + fences * 4:
            raise DamagedData("key file has a wrong length", where=mapped.path.name)
        self.hi: U64 = np.frombuffer(mapped.map, np.uint64, rows, 0)
        self.lo: U64 = np.frombuffer(mapped.map, np.uint64, rows, rows * STRIDE)
        self.body: U64 = np.frombuffer(mapped.map, np.uint64, rows, rows * STRIDE * 2)
        self.fence: U32 = np.frombuffer(mapped.map, np.uint32, fences, rows * STRIDE * 3)
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
    writer.write(fences_of(hi, bits).data)
    return writer.seal(HEAD.pack(len(hi), bits))


def write_merged(file: BinaryIO, a: KeyFile, b: KeyFile) -> int:
    """Write the keys of both files, merged in place in the mapped file; return its bytes."""
    rows = len(a.hi) + len(b.hi)
    bits = fence_bits(rows)
    column = rows * STRIDE
    file.truncate(3 * column + ((1 << bits) + 1) * 4)
    with mmap.mmap(file.fileno(), 0) as room:
        _merge_into(room, (a, b), rows, bits)
        writer = BodyWriter(file, FileKind.KEYS)
        with memoryview(room) as view:
            writer.adopt(view)
    return writer.seal(HEAD.pack(rows, bits))


def _merge_into(room: mmap.mmap, files: tuple[KeyFile, KeyFile], rows: int, bits: int) -> None:
    out = (
        np.frombuffer(room, np.uint64, rows, 0),
        np.frombuffer(room, np.uint64, rows, rows * STRIDE),
        np.frombuffer(room, np.uint64, rows, rows * STRIDE * 2),
    )
    a, b = files
    merge_keys((a.hi, a.lo, a.body), (b.hi, b.lo, b.body), out)
    fence = np.frombuffer(room, np.uint32, (1 << bits) + 1, rows * STRIDE * 3)
    fence[:] = fences_of(out[0], bits)


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
    gone = np.searchsorted(removed, source.fence, side="left").astype(np.uint32)
    writer.write((source.fence - gone).data)
    return writer.seal(HEAD.pack(rows - len(removed), 64 - source.shift))


@kernel
def fences_of(hi: U64, bits: int) -> U32:
    """Return the first row at or after each value of the top bits, plus the end."""
    fence = np.zeros((1 << bits) + 1, np.uint32)
    shift = np.uint64(64 - bits)
    for i in range(len(hi)):
        fence[np.int64(hi[i] >> shift) + 1] += np.uint32(1)
    for value in range(1, len(fence)):
        fence[value] += fence[value - 1]
    return fence


@kernel
def guess_rows(keys: tuple[U64, U32], shift: int, wanted: U64, guess: I64) -> np.uint64:
    """Write where each wanted key should stand, by interpolation between two fences.

    Reads the key there without looking at it, so that many cache misses are under way at once; the
    value returned only keeps the compiler from dropping those reads.
    """
    hi, fence = keys
    down = np.uint64(shift)
    low_bits = np.uint64(64 - shift)
    scale = 1.0 / 18446744073709551616.0
    touched = np.uint64(0)
    last = len(hi) - 1
    for i in range(len(wanted)):
        cell = np.int64(wanted[i] >> down)
        first = np.int64(fence[cell])
        size = np.int64(fence[cell + 1]) - first
        at = first + np.int64(np.float64(wanted[i] << low_bits) * scale * size)
        guess[i] = min(at, last)
        touched ^= hi[guess[i]]
    return touched


@kernel
def probe_keys(keys: tuple[U64, U64], guess: I64, wanted: tuple[U64, U64], rows: I64) -> None:
    """Look every wanted key up near its guess; write the row where it is there."""
    hi, lo = keys
    last = len(hi) - 1
    for i in range(len(guess)):
        key = wanted[0][i]
        at = guess[i]
        while at > 0 and hi[at] >= key:
            at -= 1
        while at < last and hi[at] < key:
            at += 1
        while at <= last and hi[at] == key:
            if lo[at] == wanted[1][i]:
                rows[i] = at
                break
            at += 1


@kernel
def merge_keys(a: tuple[U64, U64, U64], b: tuple[U64, U64, U64], out: tuple[U64, U64, U64]) -> None:
    """Merge two sorted sets of keys into `out`."""
    i, j = 0, 0
    for k in range(len(out[0])):
        first = j >= len(b[0])
        if not first and i < len(a[0]):
            first = a[0][i] < b[0][j] or (a[0][i] == b[0][j] and a[1][i] <= b[1][j])
        if first:
            out[0][k], out[1][k], out[2][k] = a[0][i], a[1][i], a[2][i]
            i += 1
        else:
            out[0][k], out[1][k], out[2][k] = b[0][j], b[1][j], b[2][j]
            j += 1


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
    guess = np.empty(len(hi), np.int64)
    result: list[I64] = []
    for file in files:
        guess_rows((file.hi, file.fence), file.shift, hi, guess)
        rows = np.full(len(hi), -1, np.int64)
        probe_keys((file.hi, file.lo), guess, (hi, lo), rows)
        result.append(rows)
    return result
