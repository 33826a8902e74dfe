"""Events, stores and a brute-force history to compare with."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hamsafar.engines.segments import SegmentStore, Sizes
from hamsafar.engines.sql.sqlite import SqliteDatabase
from hamsafar.storage.types import NUMERIC_COLUMNS, Columns, IdentityView

NOVEMBER = 1_793_491_200_000_000  # 2026-11-01T00:00Z in µs
DAY = 86_400_000_000

SMALL = Sizes(
    flush=2_000,
    fresh_files=4,
    fresh_rows=5_000,
    thin=300,
    split=3_000,
    day=2_000,
    step=12_000,
    fan_in=3,
    pack_fan_in=3,
    pack=20_000,
)
"""Sizes so small that a few thousand events go through every kind of split and merge."""


class History:
    """Makes events with unique fingerprints and growing seqs."""

    def __init__(self, seed: int = 1, *, nodes: int = 300, days: int = 90) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes = nodes
        self.days = days
        self.seq = 1 << 20

    def events(self, n: int, *, nodes=None, payload=None) -> Columns:
        rng = self.rng
        pool = np.arange(1, self.nodes + 1) if nodes is None else np.asarray(nodes)
        # Few distinct times, so that ties are common.
        occurred = NOVEMBER + rng.integers(0, self.days * 50, n) * (DAY // 50)
        seq = np.arange(self.seq, self.seq + n, dtype=np.int64)
        self.seq += n
        node = rng.choice(pool, n).astype(np.int64)
        return Columns(
            node=node,
            occurred_at=occurred.astype(np.int64),
            received_at=(NOVEMBER + seq * 1000).astype(np.int64),
            seq=seq,
            code=rng.integers(1, 20, n).astype(np.uint32),
            channel=rng.integers(1, 5, n).astype(np.uint16),
            source=rng.integers(1, 3, n).astype(np.uint16),
            flags=rng.integers(0, 4, n).astype(np.uint16),
            fp_hi=rng.integers(0, 2**64, n, dtype=np.uint64),
            fp_lo=rng.integers(0, 2**64, n, dtype=np.uint64),
            body=rng.integers(0, 2**64, n, dtype=np.uint64),
            payload=payload
            or [b'{"seq":%d,"node":%d}' % pair for pair in zip(seq, node, strict=True)],
        )


def joined(pieces: list[Columns]) -> Columns:
    numbers = {
        name: np.concatenate([getattr(piece, name) for piece in pieces])
        for name, _ in NUMERIC_COLUMNS
    }
    return Columns(**numbers, payload=[one for piece in pieces for one in piece.payload])


def picked(columns: Columns, rows) -> Columns:
    numbers = {name: getattr(columns, name)[rows] for name, _ in NUMERIC_COLUMNS}
    return Columns(
        **numbers, payload=[columns.payload[row] for row in np.arange(len(columns))[rows]]
    )


def view_of(person_of, version: int = 1) -> IdentityView:
    return IdentityView(version=version, person_of=np.asarray(person_of, np.uint32))


def own_view(nodes: int, version: int = 0) -> IdentityView:
    """Everybody is the person of their own node."""
    return view_of(np.arange(nodes + 1), version)


def open_database(root: Path) -> SqliteDatabase:
    root.mkdir(parents=True, exist_ok=True)
    database = SqliteDatabase(root / "main.db")
    database.migrate()
    return database


def open_store(root: Path, database: SqliteDatabase, **options) -> SegmentStore:
    options.setdefault("sizes", SMALL)
    return SegmentStore(root / "lake", database, **options)


def flush(store, database, columns: Columns) -> None:
    with database.write() as tx:
        store.flush(tx, columns)


def settle(store, view: IdentityView, *, eager: bool = True) -> int:
    steps = 0
    while store.compact(view, eager=eager):
        steps += 1
    return steps


def expected_rows(columns: Columns, view: IdentityView) -> np.ndarray:
    """Brute force: (person, time, code, channel, source, flags, seq) in order, unknown left out."""
    known = columns.node < len(view.person_of)
    person = np.where(known, view.person_of[np.where(known, columns.node, 0)], 0)
    order = np.lexsort((columns.seq, columns.occurred_at, person))
    table = np.stack(
        [
            person,
            columns.occurred_at,
            columns.code,
            columns.channel,
            columns.source,
            columns.flags,
            columns.seq,
        ],
        axis=1,
    ).astype(np.int64)[order]
    return table[table[:, 0] != 0]


def scanned_rows(chunks) -> np.ndarray:
    """All unskipped rows of the chunks, persons in order; checks the promises of a chunk."""
    tables, seen = [], set()
    for chunk in chunks:
        assert chunk.starts[0] == 0
        assert chunk.starts[-1] == len(chunk.person)
        skip = chunk.skip if chunk.skip is not None else np.zeros(len(chunk.starts) - 1, np.bool_)
        table = np.stack(
            [
                chunk.person,
                chunk.time,
                chunk.code,
                chunk.channel,
                chunk.source,
                chunk.flags,
                chunk.seq,
            ],
            axis=1,
        ).astype(np.int64)
        lengths = np.diff(chunk.starts)
        assert (lengths > 0).all()
        firsts = chunk.person[chunk.starts[:-1]]
        assert (chunk.person == np.repeat(firsts, lengths)).all()
        shown = set(firsts[~skip].tolist())
        assert not shown & seen
        seen |= shown
        tables.append(table[~np.repeat(skip, lengths)])
    if not tables:
        return np.empty((0, 7), np.int64)
    table = np.concatenate(tables)
    return table[np.argsort(table[:, 0], kind="stable")]


def everything(store) -> Columns:
    """All exported events in order of seq."""
    whole = joined(list(store.export()))
    return picked(whole, np.argsort(whole.seq))


def assert_same(left: Columns, right: Columns) -> None:
    for name, _ in NUMERIC_COLUMNS:
        assert np.array_equal(getattr(left, name), getattr(right, name)), name
    assert left.payload == right.payload
