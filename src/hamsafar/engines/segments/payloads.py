"""Payload files: the stored form of events in small zstd blocks, each flush by event name.

A block is one Arrow record batch of `BLOCK_ROWS` payloads. Payloads of one event lie together, so
that a question about it decompresses few blocks, and they resemble each other. Files are joined by
copying blocks as they are, so a payload is compressed once in its life; `place` stays its name.

    place    which of its flush it was, plus 1 (20 bits) | flush ordinal (24) | row in the file (20)

In a history begun before payloads lay by name the first part is 0, and the row is the order.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hamsafar.engines.segments.container import BodyWriter, FileKind, Mapped
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.types import I64, U64

BLOCK_ROWS = 256
PLACE_BITS = 20
ARRIVAL_SHIFT = 44
_LOCATION = np.uint64((1 << ARRIVAL_SHIFT) - 1)
_ROW = np.uint64((1 << PLACE_BITS) - 1)
LEVEL = 1
END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"
BLOCK = np.dtype([
    ("place", "<u8"),
    ("offset", "<u8"),
    ("length", "<u4"),
    ("rows", "<u4"),
    ("crc", "<u4"),
])
Blocks = NDArray[np.void]


def places_of(version: int, rows: I64, arrivals: I64) -> U64:
    """Return the places of a flush's events.

    Args:
        version: ordinal of the flush.
        rows: where each lies in the payload file.
        arrivals: which of the flush each was, from 0.
    """
    first = np.uint64(version << PLACE_BITS)
    arrived = (arrivals + 1).astype(np.uint64) << np.uint64(ARRIVAL_SHIFT)
    return arrived | first | rows.astype(np.uint64)


def locations_of(places: U64) -> U64:
    """Return where payloads lie, as payload files name it: flush ordinal and row."""
    return places & _LOCATION


def arrivals_of(places: U64) -> U64:
    """Return numbers that rise in the order in which events came: flush ordinal, then place in it."""
    arrived = places >> np.uint64(ARRIVAL_SHIFT)
    rows = np.where(arrived == 0, places & _ROW, arrived - np.uint64(1))
    return (places & _LOCATION & ~_ROW) | rows


def payload_schema() -> pa.Schema:
    """Return the schema of a payload file: one binary column."""
    return pa.schema([pa.field("payload", pa.binary(), nullable=False)])


def encode_blocks(payloads: Sequence[bytes]) -> list[bytes]:
    """Return the compressed blocks of these payloads, each an Arrow message."""
    schema = payload_schema()
    options = pa.ipc.IpcWriteOptions(
        compression=pa.Codec("zstd", compression_level=LEVEL), use_threads=False
    )
    sink = pa.BufferOutputStream()
    cuts = [schema.serialize().size]
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for start in range(0, len(payloads), BLOCK_ROWS):
            column = _binary(payloads[start : start + BLOCK_ROWS])
            writer.write_batch(pa.record_batch([column], schema=schema))
            cuts.append(sink.tell())
    whole = sink.getvalue()
    return [whole.slice(start, end - start).to_pybytes() for start, end in itertools.pairwise(cuts)]


def _binary(payloads: Sequence[bytes]) -> pa.Array:
    """Return payloads as an Arrow column; `pa.array` would look at each and import pandas first."""
    ends = np.zeros(len(payloads) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, payloads), np.int32, len(payloads)), out=ends[1:])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(payloads))]
    return pa.Array.from_buffers(pa.binary(), len(payloads), buffers)


class PayloadWriter:
    """Writes one payload file."""

    def __init__(self, file: BinaryIO) -> None:
        self._body = BodyWriter(file, FileKind.PAYLOADS)
        self._blocks: list[Blocks] = []
        self._body.write(payload_schema().serialize().to_pybytes())

    def add(self, first_place: int, payloads: Sequence[bytes]) -> None:
        """Append payloads whose places follow each other."""
        encoded = encode_blocks(payloads)
        blocks = np.zeros(len(encoded), BLOCK)
        for at, message in enumerate(encoded):
            rows = min(BLOCK_ROWS, len(payloads) - at * BLOCK_ROWS)
            blocks[at] = self._put(first_place + at * BLOCK_ROWS, rows, message)
        self._blocks.append(blocks)

    def add_block(self, place: int, rows: int, message: bytes) -> None:
        """Append one encoded block."""
        self._blocks.append(np.array([self._put(place, rows, message)], BLOCK))

    def copy(self, other: PayloadFile) -> None:
        """Append all blocks of a verified file as they are."""
        blocks = other.blocks.copy()
        start = int(blocks["offset"][0])
        end = int(blocks["offset"][-1]) + int(blocks["length"][-1])
        blocks["offset"] += np.uint64(self._body.length) - np.uint64(start)
        with memoryview(other.mapped.map) as view:
            self._body.write(view[start:end])
        self._blocks.append(blocks)

    def seal(self) -> int:
        """End the file; return its bytes."""
        self._body.write(END_OF_STREAM)
        return self._body.seal(np.concatenate(self._blocks).tobytes())

    def _put(self, place: int, rows: int, message: bytes) -> tuple[int, int, int, int, int]:
        offset = self._body.length
        self._body.write(message)
        return place, offset, len(message), rows, zlib.crc32(message)


class PayloadFile:
    """A payload file open for reading."""

    def __init__(self, mapped: Mapped) -> None:
        self.mapped = mapped
        self.blocks: Blocks = np.frombuffer(mapped.index, BLOCK)
        self._first = np.ascontiguousarray(self.blocks["place"])
        self._schema = payload_schema()

    def block_of(self, places: U64) -> NDArray[np.intp]:
        """Return the block each place lies in."""
        return np.searchsorted(self._first, places, side="right") - 1

    def block(self, number: int) -> pa.Array:
        """Return the payloads of one block.

        Raises:
            DamagedData: its checksum does not match.
        """
        entry = self.blocks[number]
        start, length = int(entry["offset"]), int(entry["length"])
        message = self.mapped.map[start : start + length]
        if zlib.crc32(message) != int(entry["crc"]):
            raise DamagedData(f"payload block {number} is damaged", where=self.mapped.path.name)
        return pa.ipc.read_record_batch(pa.ipc.read_message(message), self._schema).column(0)

    def message(self, number: int) -> bytes:
        """Return one block as it lies, unverified."""
        entry = self.blocks[number]
        start, length = int(entry["offset"]), int(entry["length"])
        return self.mapped.map[start : start + length]

    def fetch(self, places: U64) -> list[bytes]:
        """Return the payloads at these places, in their order; each block is decoded once."""
        found = self.block_of(places)
        rows = (places - self._first[found]).astype(np.int64)
        result: list[bytes] = [b""] * len(places)
        for number in np.unique(found):
            wanted = np.flatnonzero(found == number)
            taken = self.block(int(number)).take(pa.array(rows[wanted])).to_pylist()
            for at, payload in zip(wanted.tolist(), taken, strict=True):
                result[at] = payload
        return result


def blank(source: PayloadFile, places: U64, file: BinaryIO) -> int:
    """Write a copy of `source` in which the payloads at `places` are empty; return its bytes."""
    writer = PayloadWriter(file)
    found = source.block_of(places)
    touched = set(found.tolist())
    for number, entry in enumerate(source.blocks):
        message = source.message(number)
        if number in touched:
            payloads = source.block(number).to_pylist()
            for row in (places[found == number] - entry["place"]).tolist():
                payloads[row] = b""
            message = encode_blocks(payloads)[0]
        writer.add_block(int(entry["place"]), int(entry["rows"]), message)
    return writer.seal()
