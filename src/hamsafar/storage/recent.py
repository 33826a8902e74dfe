"""Events the pipeline has stored and history has not covered yet: one row per batch.

Written by the pipeline in its own transaction, deleted by the manifest transaction that covers
them, read by everyone who must not be behind. Blocks never change while they stand (erasure
writes a new one under a new stamp), so readers keep them decoded.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from hamsafar.storage.block import decode_block, encode_block
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import Column, Columns, Kind, Lane, Lookup, Remove, Statement, Upsert

_FIRST = Column("seq_first", Kind.INT)
_PUT = Upsert(
    "recent",
    (
        _FIRST,
        Column("lane", Kind.TEXT),
        Column("part", Kind.INT),
        Column("seq_last", Kind.INT),
        Column("count", Kind.INT),
        Column("created_at", Kind.INT),
        Column("block", Kind.BYTES),
    ),
    key=("seq_first",),
    update=("seq_last", "count", "created_at", "block"),
)
_KEYS = Statement(
    "recent.keys",
    "SELECT seq_first, created_at, count FROM recent WHERE part = :part OR :part < 0 "
    "ORDER BY seq_first",
)
_BLOCKS = Lookup("recent", ("seq_first", "created_at", "block"), _FIRST)
_DROP = Remove("recent", _FIRST)

BlockKey = tuple[int, int, int]
"""(first seq, µs of writing, events) of a block."""


def put_block(tx: Tx, columns: Columns, *, lane: Lane, part: int, now: int) -> BlockKey:
    """Write one batch's events; returns the block's key."""
    first, last = int(columns.seq.min()), int(columns.seq.max())
    row = (first, lane.value, part, last, len(columns), now, encode_block(columns))
    tx.upsert(_PUT, [row])
    return first, now, len(columns)


def drop_blocks(tx: Tx, keys: list[BlockKey]) -> None:
    """Delete blocks; the caller's transaction covers them otherwise."""
    tx.remove(_DROP, [key[0] for key in keys])


def block_keys(tx: Tx, *, part: int = -1) -> list[BlockKey]:
    """Return the keys of all blocks (of one partition), oldest seq first."""
    return [
        (int(first or 0), int(at or 0), int(count or 0))
        for first, at, count in tx.rows(_KEYS, {"part": part})
    ]


def read_blocks(tx: Tx, keys: list[BlockKey]) -> dict[BlockKey, Columns]:
    """Return the columns of these blocks; blocks that are gone are left out."""
    counts = {(key[0], key[1]): key for key in keys}
    found: dict[BlockKey, Columns] = {}
    for first, at, block in tx.lookup(_BLOCKS, [key[0] for key in keys]):
        key = counts.get((int(first or 0), int(at or 0)))
        if key is not None and isinstance(block, bytes):
            found[key] = decode_block(block)
    return found


class RecentReader:
    """Reads `recent` again and again, decoding each block once. Safe between threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[BlockKey, Columns] = OrderedDict()
        self._lock = Lock()

    def read(self, tx: Tx) -> list[Columns]:
        """Return all recent events as of this transaction, oldest block first."""
        return list(self.blocks(tx).values())

    def blocks(self, tx: Tx) -> dict[BlockKey, Columns]:
        """Return all recent events by block, in the order the blocks were written."""
        keys = sorted(block_keys(tx), key=_by_writing)
        with self._lock:
            wanted = [key for key in keys if key not in self._known]
            if wanted:
                self._known.update(read_blocks(tx, wanted))
            present = set(keys)
            for key in [key for key in self._known if key not in present]:
                del self._known[key]
            return {key: self._known[key] for key in keys if key in self._known}


def _by_writing(key: BlockKey) -> tuple[int, int]:
    first, written, _ = key
    return written, first
