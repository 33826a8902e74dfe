"""Values out of stored events: `found_in(texts, wanted)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

import msgspec
import numpy as np
from numpy.typing import NDArray

from hamsafar.collect import Stored, decode_payload
from hamsafar.engines.segments.stored import Texts
from hamsafar.expr import Normal, decoded, keys_of, value_at
from hamsafar.journeys.columns import CONTEXT, PROPERTIES
from hamsafar.journeys.shards import frozen
from hamsafar.storage.types import I64, U32

_FIELDS = Stored.__struct_fields__
_ABSENT, _UNCLEAR = -1, -2
_Raw = tuple[NDArray[np.uint8], NDArray[np.int32], I64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A path into one part of stored events.

    Attributes:
        part: `properties` or `context`.
        keys: outermost first.
    """

    part: str
    keys: tuple[str, ...]

    @classmethod
    def of(cls, column: str) -> Wanted:
        """Return what the name of a column of events asks for."""
        if column.startswith(CONTEXT):
            return cls("context", keys_of(column.removeprefix(CONTEXT)))
        return cls("properties", keys_of(column.removeprefix(PROPERTIES)))


@dataclass(frozen=True, slots=True)
class Found:
    """The values of those events that have one.

    Attributes:
        rows: i64[k], which of the wanted rows, rising.
        codes: u32[k]: 1 and up into `raw`, then on into `plain`.
        raw: distinct values as JSON bytes.
        plain: further values in normal form, of events only a decoder could read.
    """

    rows: I64
    codes: U32
    raw: list[bytes]
    plain: list[Normal]


def found_in(texts: Texts, wanted: Sequence[Wanted]) -> list[Found]:
    """Return for each path the values of the wanted events; keys side by side in one walk."""
    frozen_texts = frozen(texts.data), frozen(texts.offsets), frozen(texts.rows)
    found: dict[Wanted, Found] = {}
    for part in ("properties", "context"):
        flat = sorted({w.keys[0] for w in wanted if w.part == part and len(w.keys) == 1})
        if flat:
            places = _members(frozen_texts, _FIELDS.index(part), flat)
            for key, place in zip(flat, places, strict=True):
                one = Wanted(part, (key,))
                found[one] = _told_apart(texts, one, place)
    for one in wanted:
        if one not in found:
            found[one] = _told_apart(texts, one, _path(frozen_texts, one))
    return [found[one] for one in wanted]


def _members(texts: _Raw, index: int, keys: Sequence[str]) -> list[tuple[I64, I64] | None]:
    """Return where the values under these keys start and end; None where nobody has one."""
    kernels = property_kernels()
    names, bounds = _packed(keys)
    chains = np.full(256 + len(keys), -1, np.int64)
    for at in range(len(keys)):
        slot = kernels.mix(names, bounds[at], bounds[at + 1] - bounds[at])
        chains[256 + at], chains[slot] = chains[slot], at
    out = np.full((2, len(keys), len(texts[2])), -1, np.int64)
    counts = kernels.find_members(texts, index, (names, bounds, chains), (out[0], out[1]))
    return [(out[0, k], out[1, k]) if counts[k] else None for k in range(len(keys))]


def _path(texts: _Raw, wanted: Wanted) -> tuple[I64, I64]:
    n = len(texts[2])
    out = np.empty(n, np.int64), np.empty(n, np.int64)
    index = _FIELDS.index(wanted.part)
    property_kernels().find_values(texts, index, _packed(wanted.keys), out)
    return out


def _told_apart(texts: Texts, wanted: Wanted, places: tuple[I64, I64] | None) -> Found:
    if places is None:
        return Found(np.empty(0, np.int64), np.empty(0, np.uint32), [], [])
    rows = np.flatnonzero(places[0] != _ABSENT)
    starts, stops = places[0][rows], places[1][rows]
    codes = np.empty(len(rows), np.uint32)
    room = np.full(1 << (2 * len(rows) + 1).bit_length(), -1, np.int64)
    data = frozen(texts.data)
    firsts = property_kernels().tell_apart(data, (starts, stops), room, codes).tolist()
    raw = [data[starts[row] : stops[row]].tobytes() for row in firsts]
    plain: list[Normal] = []
    for at in np.flatnonzero(starts == _UNCLEAR).tolist():
        row = int(texts.rows[rows[at]])
        payload = data[texts.offsets[row] : texts.offsets[row + 1]].tobytes()
        plain.append(plainly(payload, wanted))
        codes[at] = len(raw) + len(plain)
    return Found(rows, codes, raw, plain)


def plainly(payload: bytes, wanted: Wanted) -> Normal:
    """Return the value at a path of one event, by decoding all of it."""
    try:
        stored = decode_payload(payload)
    except msgspec.DecodeError:
        return None
    part: bytes = getattr(stored, wanted.part)
    return value_at(decoded(part), wanted.keys)


@cache
def property_kernels() -> ModuleType:
    """Return the compiled kernels; the first call loads them."""
    return import_module("hamsafar.engines.properties.kernels")


def warm() -> None:
    """Compile the kernels, or load them from numba's cache."""
    texts = Texts(
        data=np.zeros(1, np.uint8), offsets=np.array([0, 1], np.int32), rows=np.zeros(1, np.int64)
    )
    found_in(texts, [Wanted("properties", ("a",)), Wanted("properties", ("a", "b"))])
    kernels = property_kernels()
    seqs, room = frozen(np.zeros(1, np.int64)), np.full(4, -1, np.int32)
    kernels.index_seqs(seqs, seqs, room, 62)
    kernels.put_by_seq((seqs, room, 62), seqs, np.zeros(1, np.uint32), np.zeros(1, np.uint32))


def _packed(keys: Sequence[str]) -> tuple[NDArray[np.uint8], I64]:
    encoded = [key.encode(errors="surrogatepass") for key in keys]
    whole = np.frombuffer(b"".join(encoded) or b"\0", np.uint8)
    return whole, np.cumsum([0, *map(len, encoded)])
