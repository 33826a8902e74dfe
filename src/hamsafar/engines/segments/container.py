"""The shape every file of the history shares: body, index, footer with checksums.

The body of a columns or payload file is a plain Arrow IPC stream, so `pyarrow`, Polars, DuckDB and
Spark read it as it lies (a stream reader stops at the end-of-stream mark, before our index).

    body        Arrow IPC stream, or raw arrays (key files)
    index       small, specific to the kind
    footer      magic, format version, kind, lengths, CRC-32 of body and of index
"""

from __future__ import annotations

import mmap
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO

from hamsafar.storage.errors import DamagedData, NewerData

FORMAT = 1
"""Version of the layout of all files of the history; the manifest carries it too."""
MAGIC = b"HAMSAFAR"
FOOTER = struct.Struct("<8sIIQQII")
CHUNK = 1 << 22


class FileKind(IntEnum):
    """What a file holds."""

    COLUMNS = 1
    PAYLOADS = 2
    KEYS = 3
    BASE = 4


class BodyWriter:
    """Writes the body and sums its checksum on the way; then seals the file."""

    def __init__(self, file: BinaryIO, kind: FileKind) -> None:
        self._file = file
        self._kind = kind
        self._crc = 0
        self.length = 0

    def write(self, data: bytes | memoryview) -> None:
        """Append to the body."""
        view = memoryview(data).cast("B") if len(data) else memoryview(b"")
        for start in range(0, len(view), CHUNK):
            chunk = view[start : start + CHUNK]
            self._file.write(chunk)
            self._crc = zlib.crc32(chunk, self._crc)
        self.length += len(view)

    def seal(self, index: bytes = b"") -> int:
        """Write index and footer; return the bytes of the whole file."""
        footer = FOOTER.pack(
            MAGIC, FORMAT, self._kind, self.length, len(index), self._crc, zlib.crc32(index)
        )
        self._file.write(index)
        self._file.write(footer)
        return self.length + len(index) + len(footer)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A file of ours, mapped into memory. Pages are private: a stray write never reaches the disk.

    Attributes:
        path: for messages.
        map: the whole file.
        body_length: bytes of the body, which starts at 0.
        index: verified.
        body_crc: what the body's checksum must be.
    """

    path: Path
    map: mmap.mmap
    body_length: int
    index: bytes
    body_crc: int

    def verify(self) -> None:
        """Compare the body with its checksum.

        Raises:
            DamagedData: they differ.
        """
        crc = 0
        with memoryview(self.map) as view:
            for start in range(0, self.body_length, CHUNK):
                crc = zlib.crc32(view[start : min(start + CHUNK, self.body_length)], crc)
        if crc != self.body_crc:
            raise DamagedData("the body does not match its checksum", where=self.path.name)


def map_file(path: Path, kind: FileKind) -> Mapped:
    """Map a file and verify footer and index; the body is verified by `Mapped.verify`.

    Raises:
        FileNotFoundError: no such file.
        NewerData: of a format a newer release writes.
        DamagedData: not a whole file of ours, of another kind or format, or the index is damaged.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < FOOTER.size:
            raise DamagedData(f"file is cut short: {size} bytes", where=path.name)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    magic, version, found, body, index, body_crc, index_crc = FOOTER.unpack_from(
        mapped, size - FOOTER.size
    )
    if magic != MAGIC or body + index + FOOTER.size != size:
        raise DamagedData("file is cut short or not ours", where=path.name)
    if version > FORMAT:
        raise NewerData(f"format {version}; this release reads up to {FORMAT}", where=path.name)
    if version != FORMAT:
        raise DamagedData(f"format {version}; this release reads {FORMAT}", where=path.name)
    if found != kind:
        raise DamagedData(f"file kind {found} where {int(kind)} was expected", where=path.name)
    index_bytes = mapped[body : body + index]
    if zlib.crc32(index_bytes) != index_crc:
        raise DamagedData("the index does not match its checksum", where=path.name)
    return Mapped(path, mapped, body, index_bytes, body_crc)
