"""One value out of each stored event: `found_in(texts, wanted)`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

import msgspec
import numpy as np

from hamsafar.collect import Stored, decode_payload
from hamsafar.engines.segments.stored import Texts
from hamsafar.expr import Normal, decoded, keys_of, value_at
from hamsafar.journeys.columns import CONTEXT, PROPERTIES
from hamsafar.journeys.shards import frozen
from hamsafar.storage.types import I64, U32

_FIELDS = Stored.__struct_fields__
_UNCLEAR = -2


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
    """The values of some events.

    Attributes:
        codes: u32[n]: 0: none; else 1 and up into `raw`, then on into `decoded`.
        raw: distinct values as JSON bytes.
        plain: further values in normal form, of events only a decoder could read.
    """

    codes: U32
    raw: list[bytes]
    plain: list[Normal]


def found_in(texts: Texts, wanted: Wanted) -> Found:
    """Return the value at a path of each wanted event."""
    kernels = property_kernels()
    n = len(texts.rows)
    starts, stops = np.empty(n, np.int64), np.empty(n, np.int64)
    data, offsets, rows = frozen(texts.data), frozen(texts.offsets), frozen(texts.rows)
    index = _FIELDS.index(wanted.part)
    kernels.find_values((data, offsets, rows), index, _packed(wanted.keys), (starts, stops))
    codes = np.empty(n, np.uint32)
    room = np.full(1 << (2 * n + 1).bit_length(), -1, np.int64)
    firsts = kernels.tell_apart(data, (starts, stops), room, codes).tolist()
    raw = [data[starts[row] : stops[row]].tobytes() for row in firsts]
    plain: list[Normal] = []
    for at in np.flatnonzero(starts == _UNCLEAR).tolist():
        row = int(texts.rows[at])
        payload = data[offsets[row] : offsets[row + 1]].tobytes()
        plain.append(plainly(payload, wanted))
        codes[at] = len(raw) + len(plain)
    return Found(codes, raw, plain)


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
    found_in(texts, Wanted("properties", ("a",)))
    kernels = property_kernels()
    seqs, room = frozen(np.zeros(1, np.int64)), np.full(4, -1, np.int32)
    kernels.index_seqs(seqs, seqs, room, 62)
    kernels.put_by_seq((seqs, room, 62), seqs, np.zeros(1, np.uint32), np.zeros(1, np.uint32))


def _packed(keys: tuple[str, ...]) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint8]], I64]:
    encoded = [key.encode(errors="surrogatepass") for key in keys]
    whole = np.frombuffer(b"".join(encoded) or b"\0", np.uint8)
    return whole, np.cumsum([0, *map(len, encoded)])
