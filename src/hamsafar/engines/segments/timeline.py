"""Timelines: the newest rows of some nodes, reading only what holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamsafar.engines.segments.catalog import SegmentFile, Snapshot
from hamsafar.engines.segments.columns import Array
from hamsafar.engines.segments.kernels import newest_rows, rows_before
from hamsafar.storage.types import I64, NUMERIC_COLUMNS, U64, Columns, TimelineFilter

ALL = 1 << 62


@dataclass(frozen=True, slots=True)
class Hits:
    """Some rows of one segment."""

    file: SegmentFile
    rows: I64


def sorted_nodes(nodes: Sequence[int] | I64) -> I64:
    """Return the distinct nodes, sorted, as the kernels want them."""
    return np.unique(np.asarray(nodes, np.int64))


def rows_of_nodes(file: SegmentFile, wanted: I64) -> I64:
    """Return all rows of these nodes in a segment."""
    columns = file.columns
    found = [newest_rows(columns["node"], window, wanted, ALL) for window in file.windows(wanted)]
    return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)


def count_rows(snapshot: Snapshot, wanted: I64) -> int:
    """Return how many events these nodes have."""
    return sum(len(rows_of_nodes(file, wanted)) for file in snapshot.segments)


def newest(
    snapshot: Snapshot,
    wanted: I64,
    *,
    before: tuple[int, int] | None,
    limit: int,
    only: TimelineFilter,
) -> Columns:
    """Return the newest events of these nodes older than (time, seq), newest first."""
    best: list[Hits] = []
    floor: int | None = None
    for file in sorted(snapshot.segments, key=lambda file: -file.entry.time_max):
        entry = file.entry
        if floor is not None and entry.time_max < floor:
            break
        if (before and entry.time_min > before[0]) or entry.time_max < only.since:
            continue
        if rows := _newest_of(file, wanted, before, limit, only):
            best.append(rows)
            floor = _floor(best, limit)
    return columns_of(snapshot, *_newest_of_all(best, limit))


def columns_of(snapshot: Snapshot, numbers: dict[str, Array], places: U64) -> Columns:
    """Return whole events: their numbers and the payloads at their places."""
    return Columns(**numbers, payload=snapshot.payloads(places))


def gathered(hits: Sequence[Hits]) -> tuple[dict[str, Array], U64]:
    """Return the numbers of all hits, end to end, and their places."""
    if not hits:
        empty = {name: np.empty(0, kind) for name, kind in NUMERIC_COLUMNS}
        return empty, np.empty(0, np.uint64)
    numbers = {
        name: np.concatenate([hit.file.columns[name][hit.rows] for hit in hits])
        for name, _ in NUMERIC_COLUMNS
    }
    return numbers, np.concatenate([hit.file.columns["place"][hit.rows] for hit in hits])


def _newest_of(
    file: SegmentFile,
    wanted: I64,
    before: tuple[int, int] | None,
    limit: int,
    only: TimelineFilter,
) -> Hits | None:
    columns = file.columns
    time, seq, node = columns["occurred_at"], columns["seq"], columns["node"]
    room = ALL if only.narrows else limit
    found: list[I64] = []
    for window in file.windows(wanted):
        end = window[1]
        if before:
            end = rows_before(time, seq, window, before[0], before[1])
        found.append(newest_rows(node, (window[0], end), wanted, room))
    rows = np.concatenate(found) if found else np.empty(0, np.int64)
    rows = rows[time[rows] >= only.since]
    if only.codes is not None:
        rows = rows[np.isin(columns["code"][rows], list(only.codes))]
    if only.channels is not None:
        rows = rows[np.isin(columns["channel"][rows], list(only.channels))]
    if not len(rows):
        return None
    order = np.lexsort((seq[rows], time[rows]))[::-1][:limit]
    return Hits(file, rows[order])


def _floor(best: list[Hits], limit: int) -> int | None:
    times = np.concatenate([hit.file.columns["occurred_at"][hit.rows] for hit in best])
    if len(times) < limit:
        return None
    return int(np.partition(times, len(times) - limit)[len(times) - limit])


def _newest_of_all(best: list[Hits], limit: int) -> tuple[dict[str, Array], U64]:
    numbers, places = gathered(best)
    order = np.lexsort((numbers["seq"], numbers["occurred_at"]))[::-1][:limit]
    return {name: column[order] for name, column in numbers.items()}, places[order]
