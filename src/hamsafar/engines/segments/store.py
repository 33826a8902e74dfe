"""The EventStore port on a local folder."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hamsafar.engines.segments.arrivals import flushed, last_seen, nodes_seen
from hamsafar.engines.segments.bases import Bases, base_name, bases_of
from hamsafar.engines.segments.catalog import Catalog
from hamsafar.engines.segments.compact import Compactor, Swap
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.erase import erase_nodes, expire_rows
from hamsafar.engines.segments.keyfile import look_up
from hamsafar.engines.segments.layout import Sizes
from hamsafar.engines.segments.manifest import (
    DROP_OLD_KEYS,
    Entry,
    Level,
    add,
    bump_version,
    read_manifest,
)
from hamsafar.engines.segments.payloads import locations_of
from hamsafar.engines.segments.scan import Scanner
from hamsafar.engines.segments.stored import StoredView
from hamsafar.engines.segments.timeline import (
    Hits,
    columns_of,
    count_rows,
    gathered,
    newest,
    sorted_nodes,
)
from hamsafar.engines.segments.warm import warm_kernels
from hamsafar.engines.segments.write import write_flush
from hamsafar.kernel.clock import Clock, SystemClock
from hamsafar.storage import Sightings
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import (
    BEGINNING,
    I64,
    NUMERIC_COLUMNS,
    U64,
    Columns,
    HistoryStats,
    IdentityView,
    SortedChunk,
    TimelineFilter,
)

EXPORT_ROWS = 20_000
LONGEST_TRANSACTION = timedelta(minutes=2)
"""A file written by this process longer ago belongs to no open flush."""


class SegmentStore:
    """The history of one deployment.

    Many processes may read; one (the worker) flushes, compacts, erases and sweeps.
    """

    def __init__(
        self,
        root: Path,
        database: Database,
        *,
        clock: Clock | None = None,
        sizes: Sizes | None = None,
        disk: Disk | None = None,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._sizes = sizes or Sizes()
        self._disk = disk or Disk(root)
        self._disk.prepare()
        self._cache = Disk(root / "cache", is_durable=False)
        self._cache.prepare()
        self._catalog = Catalog(root, database)
        self._scanner = Scanner(Bases(self._cache, self._are_current), self._clock)
        self._swap = Swap(self._disk, database)
        self._compactor = Compactor(self._swap, self._catalog, self._clock, self._sizes)
        self._upkeep = threading.RLock()

    def flush(self, tx: Tx, columns: Columns) -> None:
        """Write L0 segments with payloads and dedup keys, and register them in `tx`."""
        for start in range(0, len(columns), self._sizes.flush):
            piece = _slice(columns, start, start + self._sizes.flush)
            version = bump_version(tx)
            entries = write_flush(self._disk, piece, version, self._clock.now_us())
            self._disk.settle()
            add(tx, entries, version)

    def compact(self, view: IdentityView, *, eager: bool = False) -> bool:
        """Do one bounded step of compaction; return False if idle."""
        with self._upkeep:
            return self._compactor.step(view, eager=eager)

    def seen(self, fp_hi: U64, fp_lo: U64) -> tuple[NDArray[np.bool_], U64]:
        """Return for each fingerprint whether a key file has it, and its body hash."""
        hi = np.require(fp_hi, np.uint64, ["C", "W", "A"])
        lo = np.require(fp_lo, np.uint64, ["C", "W", "A"])
        return look_up(list(self._catalog.snapshot(with_keys=True).keys), hi, lo)

    def forget_keys(self, tx: Tx, *, before: int) -> None:
        """Unregister key files whose keys were all received before this time."""
        if tx.run(DROP_OLD_KEYS, {"before": before}):
            bump_version(tx)

    def scan(self, view: IdentityView, recent: Columns | None = None) -> list[SortedChunk]:
        """Return all history (and `recent`) as sorted chunks under this identity version."""
        return self._scanner.scan(self._catalog.snapshot(), view, recent)

    def timeline(
        self,
        nodes: Sequence[int],
        *,
        before: tuple[int, int] | None = None,
        limit: int,
        only: TimelineFilter | None = None,
    ) -> Columns:
        """Return the newest events of these nodes older than (time, seq), newest first."""
        wanted = sorted_nodes(nodes)
        narrowed = only or TimelineFilter()
        return newest(self._catalog.snapshot(), wanted, before=before, limit=limit, only=narrowed)

    def nodes(self, *, after: int = 0, since: int = BEGINNING) -> I64:
        """Return the distinct nodes of events flushed after a version that occurred since."""
        return nodes_seen(self._catalog.snapshot(), after=after, since=since)

    def last_seen(self, limit: int) -> Sightings:
        """Return the nodes seen last and when (µs UTC), newest first."""
        return last_seen(self._catalog.snapshot(), limit)

    def flushed(self, *, after: int, through: int, known: I64, limit: int) -> Columns:
        """Return the newest events of the flushes after one version, through another."""
        snapshot = self._catalog.snapshot()
        return flushed(snapshot, after=after, through=through, known=known, limit=limit)

    def count(self, nodes: Sequence[int]) -> int:
        """Return how many events of these nodes the history holds."""
        return count_rows(self._catalog.snapshot(), sorted_nodes(nodes))

    def export(self) -> Iterator[Columns]:
        """Yield every event once, segment by segment, in pieces of bounded size."""
        snapshot = self._catalog.snapshot()
        for file in snapshot.segments:
            order = np.argsort(locations_of(file.columns["place"]), kind="stable")
            for start in range(0, len(order), EXPORT_ROWS):
                hits = [Hits(file, order[start : start + EXPORT_ROWS])]
                yield columns_of(snapshot, *gathered(hits))

    def erase(self, nodes: Iterable[int]) -> int:
        """Physically rewrite every file holding these nodes; return how many events went."""
        with self._upkeep:
            snapshot = self._catalog.snapshot(with_keys=True)
            gone = erase_nodes(self._swap, snapshot, sorted_nodes(list(nodes)))
            if gone:
                self._scanner.forget()
                self._catalog.forget()
            self.sweep()
            return gone

    def expire(self, source: int, before: int) -> int:
        """Physically remove events of a source that occurred before this; return how many went."""
        with self._upkeep:
            gone = expire_rows(self._swap, self._catalog.snapshot(), source, before)
            if gone:
                self._scanner.forget()
                self._catalog.forget()
                self.sweep()
            return gone

    def sweep(self) -> int:
        """Unlink files no manifest row names; return how many.

        Files this process wrote in a transaction that is still open are left alone.
        """
        with self._upkeep:
            with self._database.read() as tx:
                manifest = read_manifest(tx)
            registered = manifest.files()
            young = self._disk.forget_created(older_than=LONGEST_TRANSACTION)
            orphans = set(self._disk.names()) - registered - young
            bases = {base_name(*item) for item in bases_of(manifest.segments).items()}
            removed = [self._disk.remove(name) for name in sorted(orphans)]
            removed += [
                self._cache.remove(name) for name in self._cache.names() if name not in bases
            ]
            return sum(removed)

    def stored(self) -> StoredView:
        """Return the payloads of the present history, for reading many of them."""
        return StoredView(self._catalog.snapshot())

    def stats(self) -> HistoryStats:
        """Return how large the history is."""
        manifest = self._catalog.snapshot().manifest
        everything: list[Entry] = [*manifest.segments, *manifest.packs, *manifest.keys]
        return HistoryStats(
            version=manifest.version,
            events=sum(entry.rows for entry in manifest.segments),
            fresh_segments=sum(entry.level == Level.FRESH for entry in manifest.segments),
            filed_segments=sum(entry.level == Level.FILED for entry in manifest.segments),
            keys=sum(entry.rows for entry in manifest.keys),
            files=len(everything),
            bytes=sum(entry.bytes for entry in everything),
        )

    def verify(self) -> list[DamagedData]:
        """Read every byte of every file and return what is damaged."""
        self._catalog.forget()
        try:
            snapshot = self._catalog.snapshot(with_keys=True)
        except DamagedData as damage:
            return [damage]
        found: list[DamagedData] = []
        opened = [file.mapped for file in snapshot.segments]
        opened += [file.mapped for file in snapshot.packs]
        opened += [file.mapped for file in snapshot.keys]
        for mapped in opened:
            try:
                mapped.verify()
            except DamagedData as damage:
                found.append(damage)
        return found

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep compaction, erasure and sweeping out, e.g. while files are copied."""
        with self._upkeep:
            yield

    def files(self) -> list[str]:
        """Return the names of all registered files in the folder."""
        with self._database.read() as tx:
            return sorted(read_manifest(tx).files())

    def warm(self) -> None:
        """Compile (or load) all kernels and open the files, so that no request waits for it."""
        warm_kernels()
        self._catalog.snapshot()

    def close(self) -> None:
        """Let go of all files."""
        self._scanner.forget()
        self._catalog.forget()

    def _are_current(self, ids: Sequence[str]) -> bool:
        with self._database.read() as tx:
            return {entry.id for entry in read_manifest(tx).segments}.issuperset(ids)


def _slice(columns: Columns, start: int, end: int) -> Columns:
    numbers = {name: getattr(columns, name)[start:end] for name, _ in NUMERIC_COLUMNS}
    return Columns(**numbers, payload=columns.payload[start:end])
