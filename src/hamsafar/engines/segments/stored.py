"""Reading many payloads for what is in them: rows of each payload file, in order of place.

Payload files never change under their name, so what was read of one stays true while it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hamsafar.engines.segments.catalog import SegmentFile, Snapshot
from hamsafar.engines.segments.columns import plain_column
from hamsafar.engines.segments.kernels import rows_of_seqs
from hamsafar.engines.segments.payloads import PayloadFile, locations_of
from hamsafar.storage.types import I64, U64

PIECE_BLOCKS = 16
"""Blocks decoded together: at 256 KB an event still below what one Arrow column holds."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Payloads end to end.

    Attributes:
        data: u8, all of them.
        offsets: i32[k + 1], where each starts and ends.
        rows: i64[n], which of the k are wanted.
    """

    data: NDArray[np.uint8]
    offsets: NDArray[np.int32]
    rows: I64

    def payloads(self) -> list[bytes]:
        """Return the wanted ones as bytes."""
        ends = self.offsets
        return [self.data[ends[row] : ends[row + 1]].tobytes() for row in self.rows.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRows:
    """Some rows of one payload file, in order of place.

    Attributes:
        id: names the file; another file has another.
        seq: i64[n]. place: u64[n], locations.
    """

    id: str
    seq: I64
    place: U64
    file: PayloadFile = field(repr=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.seq)

    def pieces(self) -> list[slice]:
        """Return the rows in stretches that are read together."""
        if not len(self.place):
            return []
        groups = self.file.block_of(self.place) // PIECE_BLOCKS
        bounds = np.flatnonzero(np.diff(groups)) + 1
        return [
            slice(int(start), int(stop))
            for start, stop in zip([0, *bounds], [*bounds, len(groups)], strict=True)
        ]

    def texts(self, piece: slice) -> Texts:
        """Return the payloads of a stretch.

        Raises:
            DamagedData: a checksum does not match.
        """
        places = self.place[piece]
        found = self.file.block_of(places)
        starts = np.flatnonzero(np.diff(found, prepend=-1))
        within = (places - self.file.blocks["place"][found]).astype(np.int64)
        parts: list[pa.Array] = []
        for start, stop in zip(starts, [*starts[1:], len(found)], strict=True):
            block = self.file.block(int(found[start]))
            is_whole = stop - start == len(block)
            parts.append(block if is_whole else block.take(plain_column(within[start:stop])))
        return _texts(pa.concat_arrays(parts), np.arange(len(places), dtype=np.int64))


class StoredView:
    """The payload files of one snapshot; they stay readable after being unlinked."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._packs = snapshot.manifest.packs

    def __len__(self) -> int:
        """Return how many payloads there are."""
        return sum(pack.rows for pack in self._packs)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return what names the payload files, in order of place."""
        return tuple(pack.id for pack in self._packs)

    @property
    def ranges(self) -> dict[str, tuple[int, int]]:
        """Return the first and last place of each payload file."""
        return {pack.id: (pack.place_min, pack.place_max) for pack in self._packs}

    def rows(self, ids: Collection[str], codes: Collection[int] | None) -> list[PackRows]:
        """Return the rows of these payload files whose events have one of these name codes.

        Args:
            ids: of `ids`.
            codes: None: all events.
        """
        wanted = None if codes is None else np.array(sorted(codes), np.uint32)
        parts = [
            (file, _coded(file, wanted))
            for file in self._snapshot.segments
            if wanted is None or len(wanted)
        ]
        return [pack for pack in self._piled(parts) if pack.id in ids]

    def newest(self, codes: Collection[int] | None, most: int) -> list[PackRows]:
        """Return the last stored rows of these name codes, at most about so many."""
        found: list[PackRows] = []
        for pack in reversed(self.rows(self.ids, codes)):
            if most <= 0:
                break
            kept = slice(max(0, len(pack) - most), len(pack))
            found.insert(0, replace(pack, seq=pack.seq[kept], place=pack.place[kept]))
            most -= len(found[0])
        return found

    def find(self, seqs: I64) -> list[PackRows]:
        """Return the rows of these events; meant for few of them."""
        if not len(seqs):
            return []
        parts: list[tuple[SegmentFile, Rows]] = []
        wanted = np.unique(seqs)
        for file in self._snapshot.segments:
            entry = file.entry
            if entry.seq_max >= seqs.min() and entry.seq_min <= seqs.max():
                parts.append((file, rows_of_seqs(file.columns["seq"], wanted)))
        return self._piled(parts)

    def _piled(self, parts: Iterable[tuple[SegmentFile, Rows]]) -> list[PackRows]:
        """Return rows of segments by the payload file that holds them."""
        pieces = [
            (locations_of(file.columns["place"][rows]), file.columns["seq"][rows])
            for file, rows in parts
        ]
        if not pieces:
            return []
        place = np.concatenate([piece[0] for piece in pieces])
        seq = np.concatenate([piece[1] for piece in pieces])
        order = np.argsort(place)
        place, seq = place[order], seq[order]
        found: list[PackRows] = []
        for pack, file in zip(self._packs, self._snapshot.packs, strict=True):
            low, high = np.searchsorted(place, [pack.place_min, pack.place_max + 1])
            rows = slice(int(low), int(high))
            found.append(PackRows(id=pack.id, seq=seq[rows], place=place[rows], file=file))
        return found


def texts_of(payloads: list[bytes], rows: I64) -> Texts:
    """Return payloads that lie in memory, e.g. those of recent events."""
    ends = np.zeros(len(payloads) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, payloads), np.int32, len(payloads)), out=ends[1:])
    return Texts(data=np.frombuffer(b"".join(payloads), np.uint8), offsets=ends, rows=rows)


def _texts(column: pa.Array, rows: I64) -> Texts:
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    whole = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return Texts(data=whole, offsets=ends, rows=rows)


def _coded(file: SegmentFile, wanted: NDArray[np.uint32] | None) -> Rows:
    codes = file.columns["code"]
    if wanted is None:
        return np.arange(len(codes))
    table = np.zeros(max(int(wanted[-1]), int(codes.max(initial=0))) + 1, np.bool_)
    table[wanted] = True
    return np.flatnonzero(table[codes])
