"""Columns of properties beside the chunks of a history, each payload read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from hamsafar.engines.properties.extract import Found, Wanted, found_in, property_kernels
from hamsafar.engines.segments.stored import PackRows, StoredView, texts_of
from hamsafar.expr import MOST_VALUES, Book, Fields
from hamsafar.journeys import Sequences
from hamsafar.journeys.columns import PropertyColumn, columns_of
from hamsafar.journeys.shards import frozen
from hamsafar.storage import BlockKey
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64, U32, Columns, SortedChunk

Codes = frozenset[int] | None
"""Codes of event names; None: all."""
Blocks = Mapping[BlockKey, Columns]
Table = tuple[I64, NDArray[np.int32], int]
"""Seqs of a chunk, a hash table over those of interest, its shift; as `kernels.index_seqs`."""

ROOM_BYTES = 512 * 1024 * 1024
FEW = 20
"""Of a history so many times larger than what is asked about, only those events are read."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The events of one payload file or block that have a value: seqs, codes of a book, aligned.

    Attributes:
        codes: of the event names looked at.
    """

    seq: I64
    values: U32
    codes: Codes


@dataclass(slots=True)
class Shelf:
    """Everything known of one column.

    Attributes:
        book: its values.
        codes: events of these names are wanted, by anybody so far.
        extracts: by name of the payload file, or key of the block.
        chunks: by where the seqs of a chunk lie in memory (which are held, so that it stays
            theirs): its column.
    """

    wanted: Wanted
    book: Book
    codes: Codes = frozenset()
    extracts: dict[object, Extract] = field(default_factory=dict)
    chunks: dict[tuple[int, int], tuple[I64, U32, Codes]] = field(default_factory=dict)

    def bytes(self) -> int:
        """Return about how much memory it takes."""
        held = sum(e.seq.nbytes + e.values.nbytes for e in self.extracts.values())
        return (
            held + sum(codes.nbytes for _, codes, _ in self.chunks.values()) + 200 * len(self.book)
        )


class PropertyLoader:
    """Gives property columns; safe between threads.

    What one payload file holds never changes, so it is read once for each path. Erasure writes a
    file anew: then everything is forgotten, values of the erased with it.
    """

    def __init__(
        self,
        stored: Callable[[], StoredView],
        recent: Callable[[], Blocks],
        compute: Compute,
        *,
        room_bytes: int = ROOM_BYTES,
        most_values: int = MOST_VALUES,
    ) -> None:
        self._stored = stored
        self._recent = recent
        self._compute = compute
        self._room = room_bytes
        self._most = most_values
        self._lock = Lock()
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()
        self._ranges: dict[str, tuple[int, int]] = {}
        self._blocks: frozenset[BlockKey] = frozenset()
        self._nothing: U32 = frozen(np.zeros(0, np.uint32))

    def columns(self, sequences: Sequences, wanted: Fields) -> dict[str, PropertyColumn]:
        """Return the columns a question reads, for every chunk.

        Raises:
            BadInput: a property has too many different values.
            DamagedData: a file is damaged or missing.
        """
        names = columns_of(wanted)
        if not names:
            return {}
        codes = _codes_of(sequences, wanted.names)
        # What waits first: an event flushed in between is then in both, never in neither.
        blocks = self._recent()
        view = self._stored()
        with self._lock:
            self._keep_up(view, blocks)
            if self._is_few(sequences, view):
                shelves = [self._shelf_of(name) for name in names]
                self._read_few(shelves, view, blocks, _seqs_of(sequences, codes))
            else:
                shelves = [self._shelf(name, codes) for name in names]
                self._read(shelves, view, blocks)
            columns = self._placed(shelves, sequences)
            self._make_room(names)
        covered = [None if s.codes is None else _names_of(sequences, s.codes) for s in shelves]
        return {
            name: PropertyColumn(codes=column, values=shelf.book.values(), names=known)
            for name, shelf, column, known in zip(names, shelves, columns, covered, strict=True)
        }

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._shelves.clear()
            self._blocks, self._ranges = frozenset(), {}

    def _keep_up(self, view: StoredView, blocks: Blocks) -> None:
        """Drop what is gone; everything, if a file or block was written anew: by erasure."""
        ranges = view.ranges
        places = set(ranges.values())
        gone = self._ranges.keys() - ranges.keys()
        firsts = {key[0] for key in blocks}
        is_rewritten = any(self._ranges[name] in places for name in gone) or any(
            key[0] in firsts for key in self._blocks - blocks.keys()
        )
        if is_rewritten:
            self._shelves.clear()
        for shelf in self._shelves.values():
            for name in shelf.extracts.keys() - ranges.keys() - blocks.keys():
                del shelf.extracts[name]
        self._ranges, self._blocks = ranges, frozenset(blocks)

    def _is_few(self, sequences: Sequences, view: StoredView) -> bool:
        asked = sum(len(chunk.seq) for chunk in sequences.chunks)
        return asked * FEW < len(view)

    def _shelf_of(self, name: str) -> Shelf:
        return Shelf(Wanted.of(name), Book(name, self._most), codes=None)

    def _shelf(self, name: str, codes: Codes) -> Shelf:
        shelf = self._shelves.get(name)
        if shelf is None:
            shelf = self._shelves[name] = self._shelf_of(name)
            shelf.codes = frozenset()
        self._shelves.move_to_end(name)
        shelf.codes = None if codes is None or shelf.codes is None else shelf.codes | codes
        return shelf

    def _read(self, shelves: list[Shelf], view: StoredView, blocks: Blocks) -> None:
        """Bring shelves up to now: read the payload files and blocks they do not know."""
        jobs: list[tuple[frozenset[str], Codes, Shelf]] = []
        for key, block in blocks.items():
            self._take_block([s for s in shelves if key not in s.extracts], key, block)
        for shelf in shelves:
            lacking = frozenset(name for name in view.ids if _lacks(shelf, name))
            if lacking:
                jobs.append((lacking, shelf.codes, shelf))
        for (ids, codes), group in _grouped(jobs):
            self._take_packs(group, view.rows(ids, codes), codes)

    def _read_few(self, shelves: list[Shelf], view: StoredView, blocks: Blocks, seqs: I64) -> None:
        for key, block in blocks.items():
            if np.isin(block.seq, seqs).any():
                self._take_block(shelves, key, block)
        self._take_packs(shelves, view.find(seqs), None)

    def _take_block(self, shelves: list[Shelf], key: BlockKey, block: Columns) -> None:
        if not shelves:
            return
        texts = texts_of(block.payload, np.arange(len(block), dtype=np.int64))
        found = found_in(texts, [shelf.wanted for shelf in shelves])
        for shelf, one in zip(shelves, found, strict=True):
            shelf.extracts[key] = Extract(block.seq[one.rows], _coded(shelf.book, one), None)

    def _take_packs(self, shelves: list[Shelf], packs: list[PackRows], codes: Codes) -> None:
        pieces = [(pack, piece) for pack in packs for piece in pack.pieces()]
        wanted = [shelf.wanted for shelf in shelves]

        def read(piece: tuple[PackRows, slice]) -> list[Found]:
            return found_in(piece[0].texts(piece[1]), wanted)

        parts: dict[str, list[list[tuple[I64, U32]]]] = {p.id: [[] for _ in shelves] for p in packs}
        for (pack, piece), found in zip(pieces, self._compute.map(read, pieces), strict=True):
            seqs = pack.seq[piece]
            for at, (shelf, one) in enumerate(zip(shelves, found, strict=True)):
                if len(one.rows):
                    parts[pack.id][at].append((seqs[one.rows], _coded(shelf.book, one)))
        for pack in packs:
            for shelf, values in zip(shelves, parts[pack.id], strict=True):
                seq = np.concatenate([np.empty(0, np.int64), *(seqs for seqs, _ in values)])
                code = np.concatenate([np.empty(0, np.uint32), *(code for _, code in values)])
                shelf.extracts[pack.id] = Extract(seq, code, codes)

    def _placed(self, shelves: list[Shelf], sequences: Sequences) -> list[tuple[U32, ...]]:
        """Return each shelf's values in the order of the chunks."""
        tables: dict[tuple[int, Codes], Table] = {}
        result: list[tuple[U32, ...]] = []
        for shelf in shelves:
            known: dict[tuple[int, int], tuple[I64, U32, Codes]] = {}
            columns: list[U32] = []
            for number, chunk in enumerate(sequences.chunks):
                key = (chunk.seq.ctypes.data, len(chunk.seq))
                before = shelf.chunks.get(key)
                if before is not None and before[2] == shelf.codes:
                    known[key] = before
                    columns.append(before[1])
                    continue
                if (number, shelf.codes) not in tables:
                    tables[number, shelf.codes] = _table(chunk, shelf.codes)
                extracts = [extract for extract in shelf.extracts.values() if len(extract.seq)]
                columns.append(self._column(chunk, tables[number, shelf.codes], extracts))
                known[key] = (chunk.seq, columns[-1], shelf.codes)
            shelf.chunks = known
            result.append(tuple(columns))
        return result

    def _column(self, chunk: SortedChunk, table: Table, extracts: list[Extract]) -> U32:
        """Return the values in the order of a chunk; where nobody has one, zeros that all share."""
        if not extracts:
            if len(self._nothing) < len(chunk.seq):
                self._nothing = frozen(np.zeros(len(chunk.seq), np.uint32))
            return self._nothing[: len(chunk.seq)]
        out = np.zeros(len(chunk.seq), np.uint32)
        for extract in extracts:
            property_kernels().put_by_seq(table, frozen(extract.seq), extract.values, out)
        return frozen(out)

    def _make_room(self, in_use: Iterable[str]) -> None:
        total = sum(shelf.bytes() for shelf in self._shelves.values())
        for name in [name for name in self._shelves if name not in set(in_use)]:
            if total <= self._room:
                return
            total -= self._shelves.pop(name).bytes()


def _lacks(shelf: Shelf, name: str) -> bool:
    extract = shelf.extracts.get(name)
    if extract is None:
        return True
    return extract.codes is not None and (shelf.codes is None or not shelf.codes <= extract.codes)


def _grouped(
    jobs: list[tuple[frozenset[str], Codes, Shelf]],
) -> Iterable[tuple[tuple[frozenset[str], Codes], list[Shelf]]]:
    """Return shelves that need the same events of the same files together: one reading for all."""
    groups: dict[tuple[frozenset[str], Codes], list[Shelf]] = {}
    for ids, codes, shelf in jobs:
        groups.setdefault((ids, codes), []).append(shelf)
    return groups.items()


def _coded(book: Book, found: Found) -> U32:
    """Return found values in codes of the book."""
    codes = [0, *map(book.code, found.raw), *map(book.code_of, found.plain)]
    return np.array(codes, np.uint32)[found.codes]


def _codes_of(sequences: Sequences, names: frozenset[str] | None) -> Codes:
    if names is None:
        return None
    return frozenset(code for code, name in enumerate(sequences.names) if name in names)


def _names_of(sequences: Sequences, codes: frozenset[int]) -> frozenset[str]:
    return frozenset(sequences.names[code] for code in codes if code < len(sequences.names))


def _rows(chunk: SortedChunk, codes: Codes) -> I64:
    if codes is None:
        return np.arange(len(chunk.seq))
    table = np.zeros(max(int(chunk.code.max(initial=0)), max(codes, default=0)) + 1, np.bool_)
    table[list(codes)] = True
    return np.flatnonzero(table[chunk.code])


def _seqs_of(sequences: Sequences, codes: Codes) -> I64:
    parts = [chunk.seq[_rows(chunk, codes)] for chunk in sequences.chunks]
    return np.unique(np.concatenate([np.empty(0, np.int64), *parts]))


def _table(chunk: SortedChunk, codes: Codes) -> Table:
    rows = _rows(chunk, codes)
    bits = (2 * len(rows) + 1).bit_length()
    room = np.full(1 << bits, -1, np.int32)
    property_kernels().index_seqs(chunk.seq, frozen(rows), room, 64 - bits)
    return chunk.seq, room, 64 - bits
