"""Erasure and expiry: every file that holds a row or payload to go is written anew without it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hamsafar.engines.segments.catalog import SegmentFile, Snapshot
from hamsafar.engines.segments.columns import FILED_COLUMNS, FRESH_COLUMNS
from hamsafar.engines.segments.compact import Swap
from hamsafar.engines.segments.keyfile import KeyFile, find_rows, write_without
from hamsafar.engines.segments.manifest import Entry, KeySet, Level, Pack
from hamsafar.engines.segments.payloads import PayloadFile, blank, locations_of
from hamsafar.engines.segments.timeline import Hits, gathered, rows_of_nodes
from hamsafar.engines.segments.write import Filing, new_id, write_segment
from hamsafar.storage.types import I64, U64


@dataclass(slots=True)
class Rewrite:
    """Files to go and files to come."""

    old: list[Entry] = field(default_factory=list)
    new: list[Entry] = field(default_factory=list)


def erase_nodes(swap: Swap, snapshot: Snapshot, wanted: I64) -> int:
    """Rewrite all that holds these nodes, in one swap; return how many events went."""
    hits = [Hits(file, rows_of_nodes(file, wanted)) for file in snapshot.segments]
    hits = [hit for hit in hits if len(hit.rows)]
    if not hits:
        return 0
    numbers, places = gathered(hits)
    rewrite = _rewritten(swap, snapshot, hits, places)
    found = find_rows(list(snapshot.keys), numbers["fp_hi"], numbers["fp_lo"])
    for entry, keys, rows in zip(snapshot.manifest.keys, snapshot.keys, found, strict=True):
        if len(here := np.unique(rows[rows >= 0])):
            _without_keys(swap, rewrite, (entry, keys), here)
    swap.run(rewrite.old, rewrite.new)
    return len(places)


def expire_rows(swap: Swap, snapshot: Snapshot, source: int, before: int) -> int:
    """Rewrite all that holds events of a source older than this; return how many events went.

    Their dedup keys stay, so that an old event sent or imported again does not come back.
    """
    hits = [
        Hits(file, _old_rows(file, source, before))
        for file in snapshot.segments
        if file.entry.time_min < before
    ]
    hits = [hit for hit in hits if len(hit.rows)]
    if not hits:
        return 0
    places = np.concatenate([hit.file.columns["place"][hit.rows] for hit in hits])
    rewrite = _rewritten(swap, snapshot, hits, places)
    swap.run(rewrite.old, rewrite.new)
    return len(places)


def _old_rows(file: SegmentFile, source: int, before: int) -> I64:
    columns = file.columns
    return np.flatnonzero((columns["source"] == source) & (columns["occurred_at"] < before))


def _rewritten(swap: Swap, snapshot: Snapshot, hits: list[Hits], places: U64) -> Rewrite:
    rewrite = Rewrite()
    places = locations_of(places)
    for hit in hits:
        _without_rows(swap, rewrite, hit)
    for pack, opened in zip(snapshot.manifest.packs, snapshot.packs, strict=True):
        inside = places[(places >= pack.place_min) & (places <= pack.place_max)]
        if len(inside):
            _without_payloads(swap, rewrite, (pack, opened), np.sort(inside))
    return rewrite


def _without_rows(swap: Swap, rewrite: Rewrite, hit: Hits) -> None:
    file: SegmentFile = hit.file
    entry = file.entry
    rewrite.old.append(entry)
    if len(hit.rows) == entry.rows:
        return
    shape = FILED_COLUMNS if entry.level == Level.FILED else FRESH_COLUMNS
    arrays = {name: np.delete(file.columns[name], hit.rows) for name, _ in shape}
    filing = Filing(
        level=Level(entry.level),
        period=entry.period,
        bucket=entry.bucket,
        identity_version=entry.identity_version,
    )
    rewrite.new.append(write_segment(swap.disk, arrays, filing, entry.added_in, entry.created_at))


def _without_payloads(
    swap: Swap, rewrite: Rewrite, pack: tuple[Pack, PayloadFile], places: U64
) -> None:
    entry, opened = pack
    identity = new_id(entry.added_in)
    with swap.disk.create(f"{identity}.payloads") as file:
        size = blank(opened, places, file)
    rewrite.old.append(entry)
    rewrite.new.append(
        Pack(
            id=identity,
            rows=entry.rows,
            bytes=size,
            place_min=entry.place_min,
            place_max=entry.place_max,
            added_in=0,
        )
    )


def _without_keys(swap: Swap, rewrite: Rewrite, keys: tuple[KeySet, KeyFile], rows: I64) -> None:
    entry, opened = keys
    rewrite.old.append(entry)
    if len(rows) == entry.rows:
        return
    identity = new_id(entry.added_in)
    with swap.disk.create(f"{identity}.keys") as file:
        size = write_without(file, opened, rows)
    rewrite.new.append(
        KeySet(
            id=identity,
            rows=entry.rows - len(rows),
            bytes=size,
            received_min=entry.received_min,
            received_max=entry.received_max,
            added_in=0,
        )
    )
