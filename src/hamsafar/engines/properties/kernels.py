"""Compiled kernels that find one JSON value in many stored events, and tell equal ones apart.

An event at rest is a msgpack array (`collect.payload`); one of its items is the JSON object looked
into. Nothing is decoded: a value is the stretch of bytes where it stands. What the kernels cannot
tell, e.g. a key written with escapes, they leave to the caller.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hamsafar.kernel.jit import compiled
from hamsafar.storage.types import I64, U32

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]

ABSENT = -1
UNCLEAR = -2
"""Instead of a start: no such value; or only a decoder can tell."""

_QUOTE, _ESCAPE = 0x22, 0x5C
_OPEN, _CLOSE = 0x7B, 0x7D
_OPEN_LIST, _CLOSE_LIST = 0x5B, 0x5D
_COMMA, _COLON, _SPACE = 0x2C, 0x3A, 0x20
_PRIME = np.uint64(1099511628211)
_BASIS = np.uint64(14695981039346656037)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def _sizes() -> tuple[I64, I64]:
    """Return by a msgpack item's first byte: its whole size; or how many bytes say its size."""
    whole, said = np.zeros(256, np.int64), np.zeros(256, np.int64)
    whole[[*range(0x80), *range(0xE0, 0x100), 0xC0, 0xC2, 0xC3]] = 1
    whole[0xA0:0xC0] = np.arange(1, 33)
    for kind, size in enumerate((5, 9, 2, 3, 5, 9, 2, 3, 5, 9)):
        whole[0xCA + kind] = size
    said[[0xC4, 0xC5, 0xC6, 0xD9, 0xDA, 0xDB]] = 1, 2, 4, 1, 2, 4
    return whole, said


_WHOLE, _SAID = _sizes()


@compiled
def packed_end(data: U8, at: int) -> int:
    """Return where the msgpack text, bytes or number at a place ends; UNCLEAR for anything else."""
    kind = np.int64(data[at])
    if _WHOLE[kind] > 0:
        return at + int(_WHOLE[kind])
    if _SAID[kind] == 0:
        return UNCLEAR
    size = np.int64(0)
    for i in range(1, _SAID[kind] + 1):
        size = size << 8 | np.int64(data[at + i])
    return at + 1 + int(_SAID[kind]) + int(size)


@compiled
def packed_item(data: U8, at: int, end: int, index: int) -> tuple[int, int]:
    """Return where the bytes that are an item of a msgpack array start and end."""
    if at >= end:
        return ABSENT, ABSENT
    kind = np.int64(data[at])
    if 0x90 <= kind <= 0x9F:
        count, at = kind & 0x0F, at + 1
    elif kind == 0xDC:
        count, at = np.int64(data[at + 1]) << 8 | np.int64(data[at + 2]), at + 3
    else:
        return UNCLEAR, UNCLEAR
    if index >= count:
        return ABSENT, ABSENT
    for _ in range(index):
        at = packed_end(data, at)
        if at < 0 or at > end:
            return UNCLEAR, UNCLEAR
    kind = np.int64(data[at])
    stop = packed_end(data, at)
    if stop < 0 or stop > end or not 0xC4 <= kind <= 0xC6:
        return UNCLEAR, UNCLEAR
    return at + 1 + int(_SAID[kind]), stop


@compiled
def space_end(data: U8, at: int, end: int) -> int:
    """Return the first place at or after `at` that is no white space."""
    while at < end and data[at] <= _SPACE:
        at += 1
    return at


@compiled
def text_end(data: U8, at: int, end: int) -> int:
    """Return where the JSON string that opens at a place ends, its closing quote included."""
    at += 1
    while at < end:
        if data[at] == _QUOTE:
            return at + 1
        at += 2 if data[at] == _ESCAPE else 1
    return end


@compiled
def json_end(data: U8, at: int, end: int) -> int:
    """Return where the JSON value at a place ends."""
    if data[at] == _QUOTE:
        return text_end(data, at, end)
    if data[at] != _OPEN and data[at] != _OPEN_LIST:
        while at < end and data[at] > _SPACE:
            if data[at] == _COMMA or data[at] == _CLOSE or data[at] == _CLOSE_LIST:
                break
            at += 1
        return at
    depth = 0
    while at < end:
        if data[at] == _QUOTE:
            at = text_end(data, at, end)
            continue
        if data[at] == _OPEN or data[at] == _OPEN_LIST:
            depth += 1
        elif data[at] == _CLOSE or data[at] == _CLOSE_LIST:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return end


@compiled
def member_of(data: U8, at: int, end: int, key: U8) -> tuple[int, int]:
    """Return where the value under a key of the JSON object at a place starts and ends.

    Of a key that stands twice the last one counts, as decoders have it.
    """
    found = stop = ABSENT
    at = space_end(data, at, end)
    if at >= end or data[at] != _OPEN:
        return ABSENT, ABSENT
    at = space_end(data, at + 1, end)
    while at < end and data[at] == _QUOTE:
        after = text_end(data, at, end)
        is_same = after - at - 2 == len(key)
        for i in range(at + 1, after - 1):
            if data[i] == _ESCAPE:
                return UNCLEAR, UNCLEAR
            if is_same and data[i] != key[i - at - 1]:
                is_same = False
        at = space_end(data, after, end)
        at = space_end(data, at + 1, end)
        if at >= end:
            return UNCLEAR, UNCLEAR
        after = json_end(data, at, end)
        if is_same:
            found, stop = at, after
        at = space_end(data, after, end)
        if at >= end or data[at] != _COMMA:
            break
        at = space_end(data, at + 1, end)
    return found, stop


@compiled
def find_values(
    texts: tuple[U8, I32, I64], index: int, keys: tuple[U8, I64], out: tuple[I64, I64]
) -> None:
    """Write where the value under a path of each wanted event starts and ends.

    Args:
        texts: bytes, offsets and wanted rows of `Texts`.
        index: which item of the event.
        keys: of the path end to end, and where each starts and ends.
        out: starts and ends; a start may be ABSENT or UNCLEAR.
    """
    data, offsets, rows = texts
    names, bounds = keys
    starts, stops = out
    for i in range(len(rows)):
        row = rows[i]
        at, stop = packed_item(data, int(offsets[row]), int(offsets[row + 1]), index)
        if at >= 0:
            for k in range(len(bounds) - 1):
                at, stop = member_of(data, at, stop, names[bounds[k] : bounds[k + 1]])
                if at < 0:
                    break
        starts[i] = at
        stops[i] = stop


@compiled
def is_key(data: U8, at: int, key: U8) -> bool:
    """Return whether the bytes at a place are a key of just that length."""
    i = 0
    while i < len(key) and data[at + i] == key[i]:
        i += 1
    return i == len(key)


@compiled
def mix(data: U8, at: int, size: int) -> int:
    """Return a number below 256 that tells most keys apart."""
    if size == 0:
        return 0
    return (size * 37 + int(data[at]) * 5 + int(data[at + size - 1])) & 255


@compiled
def key_at(data: U8, key: tuple[int, int], keys: tuple[U8, I64, I64]) -> int:
    """Return which of the keys stands at a place, -1: none; see `find_members`."""
    names, bounds, chains = keys
    at, size = key
    this = chains[mix(data, at, size)]
    while this >= 0:
        is_as_long = bounds[this + 1] - bounds[this] == size
        if is_as_long and is_key(data, at, names[bounds[this] : bounds[this + 1]]):
            break
        this = chains[256 + this]
    return int(this)


@compiled
def find_members(
    texts: tuple[U8, I32, I64], index: int, keys: tuple[U8, I64, I64], out: tuple[I64, I64]
) -> I64:
    """Write where the values under many keys of each wanted event lie, in one walk.

    Args:
        texts: bytes, offsets and wanted rows of `Texts`.
        index: which item of the event.
        keys: end to end, where each starts and ends, and by `mix` of length and ends of a key the
            first one that may be it (each key's successor follows the 256 of these; -1: none).
        out: i64[keys, n], starts and ends, filled with ABSENT.

    Returns:
        For each key, how many events have it, or may have it.
    """
    data, offsets, rows = texts
    starts, stops = out
    counts = np.zeros(len(starts), np.int64)
    for i in range(len(rows)):
        row = rows[i]
        at, end = packed_item(data, int(offsets[row]), int(offsets[row + 1]), index)
        is_unclear = at == UNCLEAR
        at = space_end(data, at, end) if at >= 0 else end
        if at < end and data[at] == _OPEN:
            at = space_end(data, at + 1, end)
            while at < end and data[at] == _QUOTE:
                key, after = at + 1, text_end(data, at, end)
                size = after - 1 - key
                for k in range(key, after - 1):
                    is_unclear |= data[k] == _ESCAPE
                at = space_end(data, space_end(data, after, end) + 1, end)
                if at >= end:
                    is_unclear = True
                    break
                after = json_end(data, at, end)
                this = key_at(data, (key, size), keys)
                if this >= 0:
                    counts[this] += starts[this, i] < 0
                    starts[this, i], stops[this, i] = at, after
                at = space_end(data, after, end)
                if at >= end or data[at] != _COMMA:
                    break
                at = space_end(data, at + 1, end)
        if is_unclear:
            for k in range(len(counts)):
                counts[k] += starts[k, i] < 0
                starts[k, i] = UNCLEAR
    return counts


@compiled
def tell_apart(data: U8, places: tuple[I64, I64], room: I64, codes: U32) -> I64:
    """Give equal stretches of bytes one code, 1 and up by first sight; 0 where there is none.

    Args:
        data: the bytes.
        places: where each stretch starts and ends.
        room: a power of two of -1, more than the stretches.
        codes: to write.

    Returns:
        For each code, less 1, a row that has it.
    """
    starts, stops = places
    firsts = np.empty(len(starts), np.int64)
    count = 0
    mask = np.uint64(len(room) - 1)
    for i in range(len(starts)):
        codes[i] = 0
        if starts[i] < 0:
            continue
        mix = _BASIS
        for at in range(starts[i], stops[i]):
            mix = (mix ^ np.uint64(data[at])) * _PRIME
        mix ^= mix >> np.uint64(29)
        slot = np.int64(mix & mask)
        while True:
            code = room[slot]
            if code < 0:
                room[slot] = count
                firsts[count] = i
                count += 1
                codes[i] = count
                break
            other = firsts[code]
            size = stops[i] - starts[i]
            if stops[other] - starts[other] == size:
                k = 0
                while k < size and data[starts[other] + k] == data[starts[i] + k]:
                    k += 1
                if k == size:
                    codes[i] = code + 1
                    break
            slot = (slot + 1) & np.int64(mask)
    return firsts[:count].copy()


@compiled
def index_seqs(seqs: I64, rows: I64, room: I32, shift: int) -> None:
    """Put the seqs of some rows into an empty hash table.

    Args:
        seqs: of all rows.
        rows: which to put in.
        room: `1 << (64 - shift)` times -1, more than the rows.
        shift: see `room`.
    """
    mask = np.int64(len(room) - 1)
    for row in rows:
        slot = np.int64((np.uint64(seqs[row]) * _SPREAD) >> np.uint64(shift))
        while room[slot] >= 0:
            slot = (slot + 1) & mask
        room[slot] = row


@compiled
def put_by_seq(table: tuple[I64, I32, int], known: I64, values: U32, out: U32) -> None:
    """Write values to the rows they belong to.

    Args:
        table: seqs of all rows, the hash table of `index_seqs`, its shift.
        known: seqs that have values, some of them not in the table.
        values: aligned to `known`.
        out: u32, aligned to the seqs of the table.
    """
    seqs, room, shift = table
    mask = np.int64(len(room) - 1)
    for i in range(len(known)):
        slot = np.int64((np.uint64(known[i]) * _SPREAD) >> np.uint64(shift))
        while room[slot] >= 0:
            if seqs[room[slot]] == known[i]:
                out[room[slot]] = values[i]
                break
            slot = (slot + 1) & mask
