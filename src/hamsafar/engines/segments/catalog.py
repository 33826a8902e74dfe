"""Open files of the current manifest, shared by all readers of one process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hamsafar.engines.segments.columns import (
    FILED_COLUMNS,
    FRESH_COLUMNS,
    Array,
    read_columns,
)
from hamsafar.engines.segments.container import FileKind, Mapped, map_file
from hamsafar.engines.segments.kernels import pairs_of, runs_of
from hamsafar.engines.segments.keyfile import KeyFile
from hamsafar.engines.segments.manifest import (
    Level,
    Manifest,
    Segment,
    read_manifest,
    read_version,
)
from hamsafar.engines.segments.payloads import PayloadFile, locations_of
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.ports import Database
from hamsafar.storage.types import I64, U32, U64

TRIES = 5


class SegmentFile:
    """One segment, open. Its checksum is verified when the columns are first asked for."""

    def __init__(self, entry: Segment, mapped: Mapped) -> None:
        self.entry = entry
        self.mapped = mapped
        self._columns: dict[str, Array] | None = None
        self._runs: tuple[U32, I64] | None = None
        self._nodes: tuple[I64, I64] | None = None

    @property
    def columns(self) -> dict[str, Array]:
        """Return the columns over the mapped file.

        Raises:
            DamagedData: a checksum or the shape does not match.
        """
        if self._columns is None:
            self.mapped.verify()
            shape = FILED_COLUMNS if self.entry.level == Level.FILED else FRESH_COLUMNS
            columns = read_columns(self.mapped, shape)
            if len(columns["node"]) != self.entry.rows:
                raise DamagedData("row count differs from the manifest", where=self.entry.file)
            self._columns = columns
        return self._columns

    @property
    def runs(self) -> tuple[U32, I64]:
        """Return the persons of an L1 segment and the first row of each, plus the end."""
        if self._runs is None:
            self._runs = runs_of(self.columns["person"])
        return self._runs

    @property
    def nodes(self) -> tuple[I64, I64]:
        """Return the distinct (node, run) pairs of an L1 segment, sorted by node."""
        if self._nodes is None:
            nodes, runs = pairs_of(self.runs[1], self.columns["node"])
            order = np.argsort(nodes, kind="stable")
            self._nodes = nodes[order], runs[order]
        return self._nodes

    def windows(self, wanted: I64) -> list[tuple[int, int]]:
        """Return stretches of rows, each sorted by (time, seq), that hold all rows of the nodes.

        An L1 stretch (a person) may hold rows of other nodes too.
        """
        if self.entry.level == Level.FRESH:
            node = self.columns["node"]
            low, high = np.searchsorted(node, wanted), np.searchsorted(node, wanted, side="right")
            pairs = zip(low.tolist(), high.tolist(), strict=True)
            return [(start, end) for start, end in pairs if end > start]
        nodes, runs = self.nodes
        at = np.searchsorted(nodes, wanted)
        starts = self.runs[1]
        touched: set[int] = set()
        ends = np.searchsorted(nodes, wanted, side="right")
        for first, end in zip(at.tolist(), ends.tolist(), strict=True):
            touched.update(runs[first:end].tolist())
        return [(int(starts[run]), int(starts[run + 1])) for run in sorted(touched)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A manifest version with all its files open; they stay readable after being unlinked.

    Attributes:
        segments, packs: aligned with the manifest's.
        keys: the same, empty unless asked for (a reader of timelines needs none).
    """

    manifest: Manifest
    segments: tuple[SegmentFile, ...]
    packs: tuple[PayloadFile, ...]
    keys: tuple[KeyFile, ...] = ()

    def payloads(self, places: U64) -> list[bytes]:
        """Return the payloads at these places, in their order."""
        places = locations_of(places)
        ends = np.array([pack.place_max for pack in self.manifest.packs], np.uint64)
        found = np.searchsorted(ends, places)
        result: list[bytes] = [b""] * len(places)
        for number in np.unique(found).tolist():
            wanted = np.flatnonzero(found == number)
            fetched = self.packs[number].fetch(places[wanted])
            for at, payload in zip(wanted.tolist(), fetched, strict=True):
                result[at] = payload
        return result


class Catalog:
    """Gives the current snapshot; opens only what is new since the last one."""

    def __init__(self, root: Path, database: Database) -> None:
        self._root = root
        self._database = database
        self._lock = threading.Lock()
        self._current: Snapshot | None = None

    def snapshot(self, *, with_keys: bool = False) -> Snapshot:
        """Return the history as of now.

        Raises:
            DamagedData: a registered file is missing or damaged.
        """
        with self._lock:
            for left in reversed(range(TRIES)):
                with self._database.read() as tx:
                    current = self._current
                    if current and _serves(current, read_version(tx), with_keys=with_keys):
                        return current
                    manifest = read_manifest(tx)
                try:
                    self._current = self._open(manifest, with_keys=with_keys)
                except FileNotFoundError as error:
                    # Compaction in another process replaced it since we read the manifest.
                    if not left:
                        name = Path(str(error.filename)).name
                        raise DamagedData("a registered file is missing", where=name) from error
                else:
                    return self._current
        raise AssertionError

    def forget(self) -> None:
        """Close what is open (files stay mapped as long as an array over them lives)."""
        with self._lock:
            self._current = None

    def _open(self, manifest: Manifest, *, with_keys: bool) -> Snapshot:
        old = self._current
        segments = {file.entry.id: file for file in old.segments} if old else {}
        packs = {pack.mapped.path.name: pack for pack in old.packs} if old else {}
        keys = {file.mapped.path.name: file for file in old.keys} if old else {}
        # Once a process has asked for keys it keeps them open: each file is verified only once.
        wanted = manifest.keys if with_keys or keys else ()
        return Snapshot(
            manifest=manifest,
            segments=tuple(
                segments.get(entry.id)
                or SegmentFile(entry, map_file(self._root / entry.file, FileKind.COLUMNS))
                for entry in manifest.segments
            ),
            packs=tuple(
                packs.get(entry.file)
                or PayloadFile(map_file(self._root / entry.file, FileKind.PAYLOADS))
                for entry in manifest.packs
            ),
            keys=tuple(
                keys.get(entry.file) or open_keys(self._root / entry.file) for entry in wanted
            ),
        )


def _serves(current: Snapshot, version: int, *, with_keys: bool) -> bool:
    has_keys = not with_keys or len(current.keys) == len(current.manifest.keys)
    return has_keys and version == current.manifest.version


def open_keys(path: Path) -> KeyFile:
    """Map a key file and verify all of it: dedup must never trust a flipped bit."""
    mapped = map_file(path, FileKind.KEYS)
    mapped.verify()
    return KeyFile(mapped)
