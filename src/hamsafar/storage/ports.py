"""Ports of storage. Engines implement them; `tests/storage/conformance_*.py` holds each to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from hamsafar.storage.errors import DamagedData
from hamsafar.storage.sightings import Sightings
from hamsafar.storage.types import (
    BEGINNING,
    I64,
    Columns,
    HistoryStats,
    IdentityView,
    Lane,
    LogEnd,
    LogRecord,
    Lookup,
    Remove,
    Rewritten,
    Row,
    SortedChunk,
    Statement,
    TimelineFilter,
    Upsert,
    Value,
)

T = TypeVar("T")
R = TypeVar("R")


class Tx(Protocol):
    """One open transaction.

    After any error the transaction is lost: leave the `with` block (which rolls it back).

    Every method may raise `StatementFailed` (`KeyTaken` for a unique key), `BadInput` (text with
    U+0000 or half a surrogate pair, a number beyond 64 bits) or `Retriable` (busy, disk full,
    connection lost, deadlock: the whole transaction may be tried again).
    """

    @property
    def dialect(self) -> str:
        """Return `sqlite` or `postgresql`."""
        ...

    def rows(self, statement: Statement, params: Mapping[str, Value] | None = None) -> list[Row]:
        """Run a statement and return all its rows."""
        ...

    def run(self, statement: Statement, params: Mapping[str, Value] | None = None) -> int:
        """Run a statement and return how many rows it touched."""
        ...

    def run_many(self, statement: Statement, params: Sequence[Mapping[str, Value]]) -> None:
        """Run a statement once per parameter set, batched."""
        ...

    def upsert(self, into: Upsert, rows: Sequence[Row]) -> None:
        """Insert or update many rows in one set-based call."""
        ...

    def lookup(self, what: Lookup, keys: Sequence[Value]) -> list[Row]:
        """Fetch many rows by key in one set-based call."""
        ...

    def remove(self, what: Remove, keys: Sequence[Value]) -> None:
        """Delete many rows by key in one set-based call."""
        ...

    def lock(self, name: str) -> None:
        """Hold a named lock until the transaction ends; another write that wants it waits.

        For read-then-write rules that no unique key guards. On SQLite every write transaction
        excludes all others already, so nothing happens.
        """
        ...


class Database(Protocol):
    """Rows and transactions: identity, profiles, users, manifest, positions."""

    @property
    def dialect(self) -> str:
        """Return `sqlite` or `postgresql`."""
        ...

    def read(self) -> AbstractContextManager[Tx]:
        """Open a read-only snapshot."""
        ...

    def write(self, *, patience: timedelta | None = None) -> AbstractContextManager[Tx]:
        """Open a write transaction; commits at the end, rolls back on error.

        On SQLite one at a time, first come first served over all processes. On PostgreSQL READ
        COMMITTED, side by side: rows both touch wait, `Tx.lock` orders the rest.

        Args:
            patience: how long to wait for other writers; some seconds unless told otherwise.

        Raises:
            Retriable: others wrote all that time.
        """
        ...

    def migrate(self) -> None:
        """Bring the schema to this release; safe when two processes start at once."""
        ...

    def tables(self) -> list[str]:
        """Return the names of all our tables, sorted."""
        ...

    def backup(self, to: Path) -> None:
        """Write a consistent copy while others read and write."""
        ...

    def scrub(self) -> None:
        """Physically remove what was deleted: after it, no byte of it is on disk.

        Raises:
            Retriable: a reader held an old snapshot for seconds: do it again.
        """
        ...

    def size_bytes(self) -> int:
        """Return the bytes taken on disk."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class EventLog(Protocol):
    """The durable, replayable log. One writer process; many readers."""

    def append(self, lane: Lane, records: Sequence[tuple[bytes, int]]) -> list[int]:
        """Append (blob, count) records in one synced commit and return their offsets.

        When this returns, the bytes are on disk (fsynced). Offsets grow, are positive, are never
        given twice, and are unique over both lanes.

        Raises:
            LogFull: size limit or disk full; nothing was kept.
            LogBroken: a sync failed; the caller must stop the process.
        """
        ...

    def read(self, lane: Lane, *, after: int, limit_bytes: int) -> list[LogRecord]:
        """Return records with offset > `after`, oldest first, at least one if there is any.

        Raises:
            DamagedData: a checksum does not match.
        """
        ...

    def end(self, lane: Lane) -> LogEnd:
        """Return how far the lane reaches."""
        ...

    def drop(self, lane: Lane, *, through: int, older_than: int) -> int:
        """Drop records with offset <= `through` appended before `older_than`; return how many."""
        ...

    def rewrite(self, change: Callable[[bytes], bytes | None], *, after: int = 0) -> Rewritten:
        """Replace every blob by `change(blob)` (None: unchanged); return how far it came.

        With `scrub` behind it this is the log's `erase`: storage does not know what a blob holds.
        Appends go on between its steps, and what they append meanwhile goes through it too.
        Offset, count and time of a record stay (an engine that cannot replace a message deletes
        it and keeps the new blob beside it, under the same offset).

        Args:
            change: what becomes of a blob; must not call the log.
            after: records up to this offset are left alone, as an earlier pass took them.

        Raises:
            DamagedData: a record does not match its checksum.
        """
        ...

    def scrub(self) -> None:
        """Physically remove what was replaced or dropped: after it, no byte of it is on disk.

        Raises:
            Retriable: a reader held the old bytes for seconds: do it again.
        """
        ...

    def verify(self) -> int:
        """Read and check every record of every lane; return how many there are.

        Raises:
            DamagedData: a byte changed, or records are missing; `where` is `lane:offset`.
        """
        ...

    def backup(self, to: Path) -> None:
        """Write a consistent copy while others append."""
        ...

    def close(self) -> None:
        """Release the files."""
        ...


class EventStore(Protocol):
    """The history: immutable columnar segments, listed by a manifest in the Database.

    Methods that take a `tx` change the manifest in the caller's transaction. Files are written
    (and fsynced) before that, and removed only after no manifest row names them (`sweep`).
    """

    def flush(self, tx: Tx, columns: Columns) -> None:
        """Write one L0 segment, its payloads and its dedup keys, and register them in `tx`.

        More than 50,000 events are written as several segments.
        """
        ...

    def compact(self, view: IdentityView, *, eager: bool = False) -> bool:
        """Do one bounded step of compaction (own transaction); return False if idle.

        Args:
            view: who is who, for sorting and for bringing moved persons home.
            eager: file L0 segments even when they are few.
        """
        ...

    def seen(
        self, fp_hi: NDArray[np.uint64], fp_lo: NDArray[np.uint64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.uint64]]:
        """Return for each fingerprint whether a registered key file has it, and its body hash."""
        ...

    def forget_keys(self, tx: Tx, *, before: int) -> None:
        """Drop key files whose keys were all received before this time (30-day window)."""
        ...

    def scan(self, view: IdentityView, recent: Columns | None = None) -> list[SortedChunk]:
        """Return all history (and `recent`) as sorted chunks under this identity version.

        Sorted bases are cached; rows of people who moved or got newer events since are skipped
        where they lie and gathered, sorted, in overlay chunks. Ties are by `seq`. Rows of nodes
        the view does not know are left out. Rows of `recent` that were flushed since the caller
        read them count once. Chunks stay readable after the files are gone.

        Raises:
            DamagedData: a file is damaged or missing.
        """
        ...

    def timeline(
        self,
        nodes: Sequence[int],
        *,
        before: tuple[int, int] | None = None,
        limit: int,
        only: TimelineFilter | None = None,
    ) -> Columns:
        """Return the newest events of these nodes older than (occurred_at, seq), newest first.

        Raises:
            DamagedData: a file is damaged or missing.
        """
        ...

    def nodes(self, *, after: int = 0, since: int = BEGINNING) -> I64:
        """Return the distinct nodes of some events, rising; reads only files that may hold them.

        Args:
            after: only events flushed after this version of the manifest.
            since: only events that occurred at this time or later, µs UTC.

        Raises:
            DamagedData: a file is damaged or missing.
        """
        ...

    def last_seen(self, limit: int) -> Sightings:
        """Return the `limit` nodes whose last event is newest, newest first, and its time (µs).

        Walks back from the newest files only until it has enough. Ties are by node.

        Raises:
            DamagedData: a file is damaged or missing.
        """
        ...

    def flushed(self, *, after: int, through: int, known: I64, limit: int) -> Columns:
        """Return the newest events that were flushed meanwhile, in order of arrival.

        Compaction changes nothing of it.

        Args:
            after: version of the manifest before the first flush of interest.
            through: version of the manifest with the last one.
            known: seqs to leave out.
            limit: at most so many, the newest.

        Raises:
            DamagedData: a file is damaged or missing.
        """
        ...

    def count(self, nodes: Sequence[int]) -> int:
        """Return how many events of these nodes the history holds."""
        ...

    def export(self) -> Iterator[Columns]:
        """Yield every event of the present history once, in pieces of bounded size.

        The order is not defined; it is one snapshot, whatever is flushed or compacted meanwhile.
        """
        ...

    def erase(self, nodes: Iterable[int]) -> int:
        """Physically rewrite every file holding these nodes; return how many events went.

        Their dedup keys go too. Events not flushed yet are the caller's.
        """
        ...

    def expire(self, source: int, before: int) -> int:
        """Physically remove events of a source that occurred before this (µs); return how many.

        Their dedup keys stay: an old event that is sent again does not come back. Events not
        flushed yet are the caller's.
        """
        ...

    def sweep(self) -> int:
        """Unlink files no manifest row names; return how many. Run it at start."""
        ...

    def held(self) -> AbstractContextManager[None]:
        """Keep compaction, erasure and sweeping out, e.g. while `files` are copied."""
        ...

    def files(self) -> list[str]:
        """Return the names of all registered files, relative to the store's folder."""
        ...

    def stats(self) -> HistoryStats:
        """Return how large the history is."""
        ...

    def verify(self) -> list[DamagedData]:
        """Read every byte of every file and return what is damaged (the nightly scrub)."""
        ...

    def warm(self) -> None:
        """Compile kernels and open files, so that no request waits for it."""
        ...

    def close(self) -> None:
        """Release the files."""
        ...


class Compute(Protocol):
    """Runs one pure function over many shards of persons."""

    def map(self, task: Callable[[T], R], shards: Sequence[T]) -> Iterator[R]:
        """Yield `task(shard)` for every shard, in order."""
        ...

    @property
    def width(self) -> int:
        """Return how many shards run at once."""
        ...
