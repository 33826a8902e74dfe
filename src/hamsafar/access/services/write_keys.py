"""Which source a write key belongs to, answered from memory on the hot path."""

from __future__ import annotations

import threading

from hamsafar.access import store
from hamsafar.access.rows import raw, whole
from hamsafar.access.secrets import hash_secret
from hamsafar.access.types import SourceId
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.storage.ports import Database

FRESH_US = SECOND_US
"""A revoked key works at most this much longer, a new one at most this much later."""
_MAX_REMEMBERED = 100_000


class WriteKeys:
    """All working write keys, read again every second while somebody asks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._by_hash: dict[bytes, SourceId] = {}
        self._by_key: dict[str, SourceId | None] = {}
        self._read_at = -FRESH_US

    def find(self, write_key: str) -> SourceId | None:
        """Return the source this key appends to, None when it is none of ours or revoked."""
        now = self._clock.now_us()
        if now - self._read_at >= FRESH_US:
            self._refresh(now)
        try:
            return self._by_key[write_key]
        except KeyError:
            found = self._by_hash.get(hash_secret(write_key))
        if len(self._by_key) < _MAX_REMEMBERED:
            self._by_key[write_key] = found
        return found

    def _refresh(self, now: int) -> None:
        with self._lock:
            if now - self._read_at < FRESH_US:
                return
            with self._database.read() as tx:
                rows = tx.rows(store.WORKING_KEYS)
            self._by_hash = {raw(hashed): SourceId(whole(source)) for hashed, source in rows}
            self._by_key = {}
            self._read_at = now
