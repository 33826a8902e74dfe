"""Numeric columns as one uncompressed Arrow record batch: the file is its own column cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hamsafar.engines.segments.container import BodyWriter, FileKind, Mapped
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.types import NUMERIC_COLUMNS

Array = NDArray[Any]
"""A column of any of our types; which one is said by the shapes below."""
Arrays = Mapping[str, Array]

PLACE = ("place", "<u8")
"""Where the payload lies, and when in its flush it came; see `payloads`."""
PERSON = ("person", "<u4")
"""Whom the row is filed under: its node's person in the segment's identity version."""

FRESH_COLUMNS = (*NUMERIC_COLUMNS, PLACE)
"""Columns of an L0 segment, sorted by (node, time, seq)."""
FILED_COLUMNS = (PERSON, *FRESH_COLUMNS)
"""Columns of an L1 segment, sorted by (person, time, seq)."""
PART_NAMES = (
    "person",
    "node",
    "occurred_at",
    "seq",
    "code",
    "channel",
    "source",
    "flags",
)
"""What scans need of a row."""
BASE_COLUMNS = tuple(column for column in FILED_COLUMNS if column[0] in PART_NAMES)


def write_columns(
    file: BinaryIO, kind: FileKind, shape: tuple[tuple[str, str], ...], arrays: Arrays
) -> int:
    """Write the columns of `shape`; return the bytes of the file."""
    body = BodyWriter(file, kind)
    columns = [plain_column(np.ascontiguousarray(arrays[name], dtype=kind)) for name, kind in shape]
    batch = pa.record_batch(columns, names=[name for name, _ in shape])
    sink = pa.PythonFile(_Tap(body), mode="w")
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return body.seal()


def plain_column(values: Array) -> pa.Array:
    """Return an array as an Arrow column over it; `pa.array` would import pandas first."""
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)]
    )


def read_columns(mapped: Mapped, shape: tuple[tuple[str, str], ...]) -> dict[str, Array]:
    """Return the columns as arrays over the mapped file, without copying.

    Raises:
        DamagedData: other columns than expected.
    """
    whole = pa.py_buffer(mapped.map)
    try:
        batch = pa.ipc.open_stream(whole).read_next_batch()
    except (pa.ArrowInvalid, OSError, StopIteration) as error:
        raise DamagedData(f"not an Arrow stream: {error}", where=mapped.path.name) from error
    if batch.schema.names != [name for name, _ in shape]:
        raise DamagedData("unexpected columns", where=mapped.path.name)
    arrays: dict[str, Array] = {}
    for (name, kind), column in zip(shape, batch.columns, strict=True):
        offset = column.buffers()[1].address - whole.address
        arrays[name] = np.frombuffer(mapped.map, np.dtype(kind), len(column), offset)
    return arrays


class _Tap:
    """What pyarrow needs of a file, over a body writer."""

    closed = False

    def __init__(self, body: BodyWriter) -> None:
        self._body = body

    def write(self, data: bytes) -> int:
        """Append to the body."""
        self._body.write(data)
        return len(data)

    def tell(self) -> int:
        """Return the length so far."""
        return self._body.length

    def flush(self) -> None:
        """Do nothing: the body writer keeps no buffer."""

    def close(self) -> None:
        """Do nothing: the owner seals the file."""
