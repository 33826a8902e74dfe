"""Compaction: L0 into L1, small segments into larger ones, moved persons home, keys and payloads.

Every step reads a few files, writes new ones, and swaps them in one manifest transaction; what it
reads is bounded by `Sizes.step`. A crash leaves files no manifest row names, which `sweep` removes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from hamsafar.engines.segments.catalog import Catalog, SegmentFile, Snapshot
from hamsafar.engines.segments.columns import FRESH_COLUMNS, PERSON, Array
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.kernels import mark_moved, pairs_of, persons_of
from hamsafar.engines.segments.keyfile import MERGED_AT_ONCE, write_merged
from hamsafar.engines.segments.layout import Sizes, dense_months, file_rows
from hamsafar.engines.segments.manifest import (
    Entry,
    KeySet,
    Level,
    Pack,
    Segment,
    add,
    bump_version,
    drop,
)
from hamsafar.engines.segments.parts import joined, row_order
from hamsafar.engines.segments.payloads import PayloadWriter
from hamsafar.engines.segments.tiers import cascade, stretch
from hamsafar.engines.segments.write import FOR_EVER, Filing, new_id, write_segment
from hamsafar.kernel.clock import DAY_US, Clock
from hamsafar.kernel.errors import Conflict
from hamsafar.storage.errors import DamagedData
from hamsafar.storage.ports import Database
from hamsafar.storage.types import IdentityView

KEY_SPAN_US = 8 * DAY_US
"""Keys received further apart are not merged, so that whole files fall out of the window."""
KEY_FLOOR = 32_768
MOVED_SHARE = 0.1
MOVES_BETWEEN_CHECKS = 1000


class Swap:
    """Replaces files of the history by others in one manifest transaction."""

    def __init__(self, disk: Disk, database: Database) -> None:
        self.disk = disk
        self._database = database

    def run(self, old: Sequence[Entry], new: Sequence[Entry]) -> None:
        """Register `new`, unregister `old`, then unlink `old`.

        Raises:
            Conflict: an old file is not registered any more; nothing was changed.
        """
        self.disk.settle()
        with self._database.write() as tx:
            version = bump_version(tx)
            if not drop(tx, list(old)):
                raise Conflict("the history changed under a compaction", where="manifest")
            add(tx, list(new), version)
        for entry in old:
            self.disk.remove(entry.file)


class Compactor:
    """Takes one bounded step at a time."""

    def __init__(self, swap: Swap, catalog: Catalog, clock: Clock, sizes: Sizes) -> None:
        self._swap = swap
        self._catalog = catalog
        self._clock = clock
        self._sizes = sizes
        self._checked: dict[str, int] = {}

    def step(self, view: IdentityView, *, eager: bool) -> bool:
        """Do the most useful step; return False if there is none.

        Args:
            view: who is who.
            eager: file L0 segments even when they are few.
        """
        snapshot = self._catalog.snapshot(with_keys=True)
        return (
            self._merge_keys(snapshot)
            or self._merge_packs(snapshot)
            or self._file_fresh(snapshot, view, eager=eager)
            or self._merge_filed(snapshot, view)
            or self._rehome(snapshot, view)
        )

    def _merge_keys(self, snapshot: Snapshot) -> bool:
        entries = snapshot.manifest.keys
        groups: dict[tuple[bool, int], list[int]] = defaultdict(list)
        for at, entry in enumerate(entries):
            is_kept = entry.received_max >= FOR_EVER
            groups[is_kept, 0 if is_kept else entry.received_min // KEY_SPAN_US].append(at)
        open_group = max((group for group in groups if not group[0]), default=None)
        for group, members in sorted(groups.items()):
            sizes = [entries[at].rows for at in members]
            found = cascade(sizes, fan_in=2, floor=KEY_FLOOR)
            if group != open_group and not group[0] and len(members) > 1:
                # A span that gets no more keys is merged into one file.
                found = 0, len(sizes)
            if found:
                self._merge_key_files(snapshot, [members[at] for at in _lightest(sizes, found)])
                return True
        return False

    def _merge_key_files(self, snapshot: Snapshot, chosen: Sequence[int]) -> None:
        old = [snapshot.manifest.keys[at] for at in chosen]
        identity = new_id(snapshot.manifest.version)
        with self._swap.disk.create(f"{identity}.keys") as file:
            size = write_merged(file, [snapshot.keys[at] for at in chosen])
        merged = KeySet(
            id=identity,
            rows=sum(entry.rows for entry in old),
            bytes=size,
            received_min=min(entry.received_min for entry in old),
            received_max=max(entry.received_max for entry in old),
            added_in=0,
        )
        self._swap.run(old, [merged])

    def _merge_packs(self, snapshot: Snapshot) -> bool:
        entries = snapshot.manifest.packs
        rows = [entry.rows for entry in entries]
        found = stretch(rows, fan_in=self._sizes.pack_fan_in, ceiling=self._sizes.pack)
        if not found:
            return False
        start, end = found
        identity = new_id(snapshot.manifest.version)
        with self._swap.disk.create(f"{identity}.payloads") as file:
            writer = PayloadWriter(file)
            for pack in snapshot.packs[start:end]:
                pack.mapped.verify()
                writer.copy(pack)
            size = writer.seal()
        merged = Pack(
            id=identity,
            rows=sum(entry.rows for entry in entries[start:end]),
            bytes=size,
            place_min=entries[start].place_min,
            place_max=entries[end - 1].place_max,
            added_in=0,
        )
        self._swap.run(entries[start:end], [merged])
        return True

    def _file_fresh(self, snapshot: Snapshot, view: IdentityView, *, eager: bool) -> bool:
        fresh = [file for file in snapshot.segments if file.entry.level == Level.FRESH]
        rows = sum(file.entry.rows for file in fresh)
        is_due = len(fresh) >= self._sizes.fresh_files or rows >= self._sizes.fresh_rows
        if not fresh or not (eager or is_due):
            return False
        self._refile(snapshot, self._bounded(fresh), view)
        return True

    def _merge_filed(self, snapshot: Snapshot, view: IdentityView) -> bool:
        cells: dict[tuple[str, int], list[SegmentFile]] = defaultdict(list)
        for file in snapshot.segments:
            if file.entry.level == Level.FILED and file.entry.rows < self._sizes.step // 2:
                cells[file.entry.period, file.entry.bucket].append(file)
        for _, files in sorted(cells.items()):
            files.sort(key=lambda file: file.entry.rows)
            found = stretch([file.entry.rows for file in files], fan_in=self._sizes.fan_in)
            if found:
                chosen = self._bounded(files[found[0] : found[1]])
                if len(chosen) > 1:
                    self._refile(snapshot, chosen, view)
                    return True
        return False

    def _rehome(self, snapshot: Snapshot, view: IdentityView) -> bool:
        """Rewrite a segment when too many of its nodes belong to other persons by now."""
        for file in snapshot.segments:
            entry = file.entry
            checked = self._checked.get(entry.id, entry.identity_version)
            near = view.version - checked < MOVES_BETWEEN_CHECKS
            if entry.level != Level.FILED or near:
                continue
            self._checked[entry.id] = view.version
            persons, starts = file.runs
            pairs = pairs_of(starts, file.columns["node"])
            nobody = np.zeros(len(persons), np.bool_)
            top = max(int(persons[-1]), int(view.person_of.max(initial=0))) + 1
            dirty = np.zeros(top, np.bool_)
            moved = mark_moved(pairs, persons, nobody, view.person_of, dirty)
            if moved > MOVED_SHARE * len(pairs[0]):
                self._refile(snapshot, [file], view)
                return True
        return False

    def _bounded(self, files: list[SegmentFile]) -> list[SegmentFile]:
        rows = 0
        chosen: list[SegmentFile] = []
        for file in files:
            rows += file.entry.rows
            if chosen and rows > self._sizes.step:
                break
            chosen.append(file)
        return chosen

    def _refile(self, snapshot: Snapshot, files: list[SegmentFile], view: IdentityView) -> None:
        """Write the rows of these segments anew, sorted and filed under the view."""
        pieces = [file.columns for file in files]
        person = persons_of(joined(pieces, "node"), view.person_of)
        order = row_order(person, joined(pieces, "occurred_at"), joined(pieces, "seq"))
        person = person[order]
        time = joined(pieces, "occurred_at")[order]
        dense = dense_months(snapshot.manifest.segments, self._sizes)
        groups = list(file_rows(time, person, files[0].entry, self._sizes, dense))
        tables: list[dict[str, Array]] = [{PERSON[0]: person[rows]} for _, _, rows in groups]
        for name, _ in FRESH_COLUMNS:
            column = joined(pieces, name)[order]
            for table, (_, _, rows) in zip(tables, groups, strict=True):
                table[name] = column[rows]
        new: list[Segment] = []
        for table, (period, bucket, _) in zip(tables, groups, strict=True):
            filing = Filing(
                level=Level.FILED, period=period, bucket=bucket, identity_version=view.version
            )
            version = snapshot.manifest.version
            new.append(write_segment(self._swap.disk, table, filing, version, self._clock.now_us()))
        old = [file.entry for file in files]
        if sum(entry.rows for entry in new) != sum(entry.rows for entry in old):
            raise DamagedData("compaction would change the number of rows", where=old[0].file)
        self._swap.run(old, new)


def _lightest(sizes: Sequence[int], found: tuple[int, int]) -> range:
    """Return the neighbours within a stretch that one step merges: those of the fewest rows."""
    start, end = found
    width = min(MERGED_AT_ONCE, end - start)
    first = min(range(start, end - width + 1), key=lambda at: sum(sizes[at : at + width]))
    return range(first, first + width)
