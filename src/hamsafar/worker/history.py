"""The second reader: moves stored events from `recent` into history's segments."""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.collect import Dedup
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.storage import BlockKey, block_keys, drop_blocks, join, read_blocks
from hamsafar.storage.ports import Database, EventStore
from hamsafar.storage.types import Columns

FLUSH_ROWS = 44_000
"""With the batch that reaches it still one segment of history."""
FLUSH_AFTER_US = 60 * SECOND_US


@dataclass(frozen=True, slots=True)
class _Pending:
    key: BlockKey
    columns: Columns


class History:
    """Holds the blocks not yet covered; flushes them by size or age."""

    def __init__(self, database: Database, store: EventStore, dedup: Dedup, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._dedup = dedup
        self._clock = clock
        self._pending: list[_Pending] = []
        self._rows = 0

    def load(self) -> None:
        """Take up what an earlier worker left."""
        self._pending, self._rows = [], 0
        with self._database.read() as tx:
            for key, columns in read_blocks(tx, block_keys(tx)).items():
                self.add(key, columns)
                self._dedup.load(columns)

    def add(self, key: BlockKey, columns: Columns) -> None:
        """Take note of a committed block."""
        self._pending.append(_Pending(key, columns))
        self._rows += len(columns)

    @property
    def waiting(self) -> int:
        """Return how many events wait to be covered."""
        return self._rows

    def step(self, *, force: bool = False) -> bool:
        """Flush if there is enough, or it is old enough, or `force`; return whether it did."""
        if not self._pending:
            return False
        oldest = self._pending[0].key[1]
        due = self._rows >= FLUSH_ROWS or self._clock.now_us() - oldest >= FLUSH_AFTER_US
        if not due and not force:
            return False
        columns = join([item.columns for item in self._pending])
        keys = [item.key for item in self._pending]
        with self._database.write() as tx:
            self._store.flush(tx, columns)
            drop_blocks(tx, keys)
        self._dedup.drop(columns)
        self._pending, self._rows = [], 0
        return True
