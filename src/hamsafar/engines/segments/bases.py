"""Sorted bases: the L1 segments of one bucket joined into whole persons, cached beside the lake.

A base is named by the segments it joins, never changes, and can be built again at any time; a
segment that stands alone in its bucket is its own base.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence

import numpy as np

from hamsafar.engines.segments.catalog import SegmentFile, Snapshot
from hamsafar.engines.segments.columns import BASE_COLUMNS, PART_NAMES, read_columns, write_columns
from hamsafar.engines.segments.container import FORMAT, FileKind, map_file
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.manifest import WHOLE, Level, Segment
from hamsafar.engines.segments.parts import (
    BUCKETS,
    Part,
    Picked,
    all_of,
    bucket_of,
    part_of,
    sorted_columns,
)
from hamsafar.storage.errors import DamagedData

SUFFIX = ".base"


def bases_of(segments: Sequence[Segment]) -> dict[int, tuple[str, ...]]:
    """Return for each base bucket the ids of the L1 segments that have rows of it.

    WHOLE alone while no segment is split by bucket.
    """
    filed = [entry for entry in segments if entry.level == Level.FILED]
    whole = [entry.id for entry in filed if entry.bucket == WHOLE]
    if len(whole) == len(filed):
        return {WHOLE: tuple(sorted(whole))} if whole else {}
    bases: dict[int, tuple[str, ...]] = {}
    for bucket in range(BUCKETS):
        here = [entry.id for entry in filed if entry.bucket == bucket]
        if here or whole:
            bases[bucket] = tuple(sorted(here + whole))
    return bases


def base_name(bucket: int, ids: Sequence[str]) -> str:
    """Return the cache file's name."""
    text = f"{FORMAT}/{bucket}/{'/'.join(ids)}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest() + SUFFIX


class Bases:
    """Gives the base of each bucket, from memory, from its cache file, or joined now."""

    def __init__(self, cache: Disk, is_current: Callable[[Sequence[str]], bool]) -> None:
        self._cache = cache
        self._is_current = is_current
        self._parts: dict[str, Part] = {}
        self._lock = threading.Lock()

    def of(self, snapshot: Snapshot) -> list[Part]:
        """Return all bases of a snapshot; those of other snapshots are forgotten."""
        wanted = bases_of(snapshot.manifest.segments)
        files = {file.entry.id: file for file in snapshot.segments}
        with self._lock:
            parts: dict[str, Part] = {}
            for bucket, ids in wanted.items():
                name = base_name(bucket, ids)
                pieces = [files[key] for key in ids]
                parts[name] = self._parts.get(name) or self._load(name, bucket, pieces)
            self._parts = parts
            return list(parts.values())

    def forget(self) -> None:
        """Let go of what is in memory."""
        with self._lock:
            self._parts = {}

    def _load(self, name: str, bucket: int, files: list[SegmentFile]) -> Part:
        if len(files) == 1 and files[0].entry.bucket == bucket:
            columns = files[0].columns
            return part_of({column: columns[column] for column in PART_NAMES})
        try:
            mapped = map_file(self._cache.root / name, FileKind.BASE)
            mapped.verify()
            return part_of(read_columns(mapped, BASE_COLUMNS))
        except (FileNotFoundError, DamagedData):
            # Only a cache: build it again.
            return self._join(name, bucket, files)

    def _join(self, name: str, bucket: int, files: list[SegmentFile]) -> Part:
        pieces = [rows_of_bucket(file, bucket) for file in files]
        person = np.concatenate([piece.of("person") for piece in pieces])
        columns = sorted_columns(pieces, person)
        try:
            with self._cache.create(name) as file:
                write_columns(file, FileKind.BASE, BASE_COLUMNS, columns)
        except OSError:
            # No room for a cache is no reason to fail a query.
            return part_of(columns)
        if not self._is_current([file.entry.id for file in files]):
            self._cache.remove(name)
            return part_of(columns)
        return part_of(read_columns(map_file(self._cache.root / name, FileKind.BASE), BASE_COLUMNS))


def rows_of_bucket(file: SegmentFile, bucket: int) -> Picked:
    """Return the rows of a segment that are filed under persons of this bucket."""
    if file.entry.bucket == bucket:
        return all_of(file.columns)
    return Picked(file.columns, np.flatnonzero(bucket_of(file.columns["person"]) == bucket))
