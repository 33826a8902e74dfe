"""Writing new files of the history: segments, payload files, key files."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hamsafar.engines.segments.columns import (
    FILED_COLUMNS,
    FRESH_COLUMNS,
    PLACE,
    Array,
    write_columns,
)
from hamsafar.engines.segments.container import FORMAT, FileKind
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.keyfile import Keys, sort_keys, write_keys
from hamsafar.engines.segments.manifest import MIXED, WHOLE, Entry, KeySet, Level, Pack, Segment
from hamsafar.engines.segments.parts import row_order
from hamsafar.engines.segments.payloads import PLACE_BITS, PayloadWriter, places_of
from hamsafar.storage.types import NUMERIC_COLUMNS, Columns, Flag

FOR_EVER = (1 << 62) - 1
"""`received_max` of keys that are never forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Under what heading a segment is filed."""

    level: Level = Level.FRESH
    period: str = MIXED
    bucket: int = WHOLE
    identity_version: int = 0


def new_id(version: int) -> str:
    """Return a file id that sorts by manifest version and is never used twice."""
    return f"{version:010x}-{secrets.token_hex(6)}"


def write_flush(disk: Disk, columns: Columns, version: int, now_us: int) -> list[Entry]:
    """Write one L0 segment, its payloads and its dedup keys; return what to register."""
    order = row_order(
        columns.node.astype(np.uint32), _plain(columns.occurred_at), _plain(columns.seq)
    )
    arrays: dict[str, Array] = {
        name: getattr(columns, name)[order].astype(kind, copy=False)
        for name, kind in NUMERIC_COLUMNS
    }
    first_place = version << PLACE_BITS
    by_name = np.argsort(columns.code, kind="stable")
    rows = np.empty(len(columns), np.int64)
    rows[by_name] = np.arange(len(columns))
    arrays[PLACE[0]] = places_of(version, rows[order], order)
    identity = new_id(version)
    with disk.create(f"{identity}.payloads") as file:
        writer = PayloadWriter(file)
        writer.add(first_place, [columns.payload[row] for row in by_name.tolist()])
        size = writer.seal()
    pack = Pack(
        id=identity,
        rows=len(columns),
        bytes=size,
        place_min=first_place,
        place_max=first_place + len(columns) - 1,
        added_in=version,
    )
    keys = _key_sets(disk, columns, version)
    return [write_segment(disk, arrays, Filing(), version, now_us), pack, *keys]


def _plain(column: Array) -> Array:
    return np.require(column, None, ["C", "W", "A"])


def _key_sets(disk: Disk, columns: Columns, version: int) -> list[KeySet]:
    """Write the keys: imported events in a file of their own that no window ever closes on.

    A file imported again, a year later too, must add nothing.
    """
    is_imported = columns.flags & Flag.HISTORICAL != 0
    found: list[KeySet] = []
    for rows, until in ((~is_imported, 0), (is_imported, FOR_EVER)):
        if rows.any():
            received = columns.received_at[rows]
            span = int(received.min()), until or int(received.max())
            keys = sort_keys(columns.fp_hi[rows], columns.fp_lo[rows], columns.body[rows])
            found.append(write_key_set(disk, keys, span, version))
    return found


def write_segment(
    disk: Disk, arrays: Mapping[str, Array], filing: Filing, version: int, now_us: int
) -> Segment:
    """Write sorted columns as one segment."""
    identity = new_id(version)
    shape = FILED_COLUMNS if filing.level == Level.FILED else FRESH_COLUMNS
    with disk.create(f"{identity}.columns") as file:
        size = write_columns(file, FileKind.COLUMNS, shape, arrays)
    time, seq = arrays["occurred_at"], arrays["seq"]
    return Segment(
        id=identity,
        level=filing.level,
        period=filing.period,
        bucket=filing.bucket,
        rows=len(time),
        bytes=size,
        time_min=int(time.min()),
        time_max=int(time.max()),
        seq_min=int(seq.min()),
        seq_max=int(seq.max()),
        identity_version=filing.identity_version,
        format=FORMAT,
        added_in=version,
        created_at=now_us,
    )


def write_key_set(disk: Disk, keys: Keys, received: tuple[int, int], version: int) -> KeySet:
    """Write sorted dedup keys received in this span."""
    identity = new_id(version)
    with disk.create(f"{identity}.keys") as file:
        size = write_keys(file, keys)
    return KeySet(
        id=identity,
        rows=len(keys[0]),
        bytes=size,
        received_min=received[0],
        received_max=received[1],
        added_in=version,
    )
