"""The newest of everything, without scanning all of it: who was seen last, what was flushed since.

A row's place tells which flush brought it, and in which order; compaction keeps it.
"""

from __future__ import annotations

import numpy as np

from hamsafar.engines.segments.catalog import SegmentFile, Snapshot
from hamsafar.engines.segments.payloads import PLACE_BITS, arrivals_of
from hamsafar.engines.segments.timeline import Hits, columns_of, gathered
from hamsafar.storage import NOBODY, Sightings, newest_sightings
from hamsafar.storage.types import I64, Columns

FIRST_WINDOW_US = 60_000_000
"""A segment's last minute is looked at first, then eight times as much, until it suffices."""
_WIDER = 8


def nodes_seen(snapshot: Snapshot, *, after: int, since: int) -> I64:
    """Return the nodes of the events flushed after a manifest version that occurred since."""
    found: list[I64] = []
    for file in snapshot.segments:
        if file.entry.added_in <= after or file.entry.time_max < since:
            continue
        rows = np.ones(file.entry.rows, np.bool_)
        if after:
            rows &= arrivals_of(file.columns["place"]) >= _first_place(after + 1)
        if file.entry.time_min < since:
            rows &= file.columns["occurred_at"] >= since
        found.append(_distinct(file.columns["node"][rows]))
    return _distinct(np.concatenate(found)) if found else np.empty(0, np.int64)


def last_seen(snapshot: Snapshot, limit: int) -> Sightings:
    """Return the `limit` nodes that were seen last, and when; ties by node."""
    best = NOBODY
    for file in sorted(snapshot.segments, key=lambda file: -file.entry.time_max):
        floor = int(best[1][-1]) if len(best[1]) == limit else None
        if floor is not None and file.entry.time_max < floor:
            break
        best = newest_sightings([best, _newest_of(file, floor, limit)], limit)
    return best


def flushed(snapshot: Snapshot, *, after: int, through: int, known: I64, limit: int) -> Columns:
    """Return the newest events of some flushes in order of arrival, but for known seqs."""
    best: list[Hits] = []
    for file in snapshot.segments:
        if file.entry.added_in <= after:
            continue
        came = arrivals_of(file.columns["place"])
        rows = np.flatnonzero(
            (came >= _first_place(after + 1)) & (came < _first_place(through + 1))
        )
        rows = rows[~np.isin(file.columns["seq"][rows], known)]
        best.append(Hits(file, rows[np.argsort(came[rows])[-limit:]]))
    numbers, places = gathered(best)
    order = np.argsort(arrivals_of(places))[-limit:]
    return columns_of(
        snapshot, {name: column[order] for name, column in numbers.items()}, places[order]
    )


def _newest_of(file: SegmentFile, floor: int | None, limit: int) -> Sightings:
    """Return enough of a segment's newest rows to hold its `limit` last seen nodes."""
    time, node = file.columns["occurred_at"], file.columns["node"]
    if floor is not None:
        rows = np.flatnonzero(time >= floor)
        return node[rows], time[rows]
    window = FIRST_WINDOW_US
    while True:
        rows = np.flatnonzero(time >= file.entry.time_max - window)
        if len(rows) == len(time) or len(np.unique(node[rows])) >= limit:
            return node[rows], time[rows]
        window *= _WIDER


def _distinct(nodes: I64) -> I64:
    """Return each node once, rising; nodes are dense, so marking them beats sorting."""
    if not len(nodes):
        return np.empty(0, np.int64)
    marks = np.zeros(int(nodes.max()) + 1, np.bool_)
    marks[nodes] = True
    return np.flatnonzero(marks)


def _first_place(version: int) -> np.uint64:
    return np.uint64(version << PLACE_BITS)
