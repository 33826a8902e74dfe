"""Which row is this: an id made from what the row says, the same in every file that holds it."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from hamsafar.storage.types import U64


class Occurrences:
    """Gives rows their ids: H(source, canonical row, n-th occurrence).

    Identical rows all count, as first, second, ... occurrence; the order of rows does not matter.
    Memory: 8 bytes a row, and a dict entry for each row that repeats. Two rows whose 64-bit
    prefixes agree by accident (1 in 10⁶ for 6 million rows) still get different ids.
    """

    def __init__(self, source: str) -> None:
        self._prefix = len(source).to_bytes(4, "big") + source.encode()
        self._runs: list[U64] = []
        self._repeats: dict[bytes, int] = {}

    def ids(self, rows: list[bytes]) -> list[str]:
        """Return the message id of each row, given in canonical form."""
        prefix = self._prefix
        digests = [blake2b(prefix + row, digest_size=16).digest() for row in rows]
        if not digests:
            return []
        high = np.frombuffer(b"".join(digests), dtype=">u8")[::2].astype(np.uint64)
        before, suspects = self._suspects(high)
        ids = [digest.hex() for digest in digests]
        for index in suspects:
            digest = digests[index]
            # A first sight in an earlier chunk was not written down: nothing repeated it then.
            count = self._repeats.get(digest, int(before[index])) + 1
            self._repeats[digest] = count
            if count > 1:
                again = digest + count.to_bytes(8, "big")
                ids[index] = blake2b(again, digest_size=16).hexdigest()
        return ids

    def _suspects(self, high: U64) -> tuple[list[bool], list[int]]:
        """Return which rows were seen in earlier chunks, and the indexes that may repeat."""
        order = np.argsort(high, kind="stable")
        sorted_high = high[order]
        same = sorted_high[1:] == sorted_high[:-1]
        twice = np.zeros(len(high), dtype=np.bool_)
        twice[order[1:][same]] = True
        twice[order[:-1][same]] = True
        before_sorted = np.zeros(len(high), dtype=np.bool_)
        for run in self._runs:
            place = np.searchsorted(run, sorted_high)
            place[place == len(run)] = 0
            before_sorted |= run[place] == sorted_high
        before = np.zeros(len(high), dtype=np.bool_)
        before[order] = before_sorted
        self._add(sorted_high)
        return before.tolist(), np.flatnonzero(before | twice).tolist()

    def _add(self, run: U64) -> None:
        """Keep few sorted runs, each at least twice as long as the next."""
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last, other = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate([other, last]), kind="stable"))
