"""Which events are new. Decided once, on (source, message id), by fingerprint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamsafar.collect.types import Event
from hamsafar.storage.ports import EventStore
from hamsafar.storage.types import U64, Columns


@dataclass(frozen=True, slots=True)
class Sorted:
    """Events told apart: first sight, honest repeats, and one id with two bodies."""

    fresh: list[Event]
    repeats: list[Event]
    conflicts: list[Event]


def halves(fingerprints: list[bytes]) -> tuple[U64, U64]:
    """Return 16-byte fingerprints as their high and low u64 halves."""
    pairs = np.frombuffer(b"".join(fingerprints), dtype=">u8").reshape(-1, 2)
    return pairs[:, 0].astype(np.uint64), pairs[:, 1].astype(np.uint64)


def bodies(hashes: list[bytes]) -> U64:
    """Return 8-byte body hashes as u64."""
    return np.frombuffer(b"".join(hashes), dtype=">u8").astype(np.uint64)


class Dedup:
    """Knows the fingerprint of every stored event of the last 30 days.

    Hot ones (not yet in history) are held in memory and rebuilt from `recent` at start; cold ones
    lie in the history's key files.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._hot: dict[bytes, bytes] = {}
        self._pending: dict[bytes, bytes] = {}

    def sort(self, events: list[Event]) -> Sorted:
        """Tell fresh events from repeats and conflicts; fresh ones are remembered."""
        if not events:
            return Sorted([], [], [])
        known, body = self._store.seen(*halves([event.fingerprint for event in events]))
        cold = dict(zip(np.flatnonzero(known).tolist(), body[known].tolist(), strict=True))
        out = Sorted([], [], [])
        hot, pending, fresh = self._hot, self._pending, out.fresh
        for index, event in enumerate(events):
            key = event.fingerprint
            if key not in hot and key not in pending and index not in cold:
                pending[key] = event.body
                fresh.append(event)
                continue
            known_body = hot.get(key) or pending.get(key) or cold[index].to_bytes(8, "big")
            told = out.repeats if known_body == event.body else out.conflicts
            told.append(event)
        return out

    def committed(self) -> None:
        """Keep what the transaction stored."""
        self._hot |= self._pending
        self._pending = {}

    def rolled_back(self) -> None:
        """Forget what the transaction did not store."""
        self._pending = {}

    def load(self, columns: Columns) -> None:
        """Remember stored events that are not in history yet."""
        self._hot.update(zip(_packed(columns), _packed_bodies(columns), strict=True))

    def drop(self, columns: Columns) -> None:
        """Forget events that history now covers."""
        if len(columns) == len(self._hot):
            # Every event waits for history exactly once, so these are all.
            self._hot = {}
            return
        for fingerprint in _packed(columns):
            self._hot.pop(fingerprint, None)


def _packed(columns: Columns) -> list[bytes]:
    pairs = np.stack([columns.fp_hi, columns.fp_lo], axis=1).astype(">u8")
    blob = pairs.tobytes()
    return [blob[i : i + 16] for i in range(0, len(blob), 16)]


def _packed_bodies(columns: Columns) -> list[bytes]:
    blob = columns.body.astype(">u8").tobytes()
    return [blob[i : i + 8] for i in range(0, len(blob), 8)]
