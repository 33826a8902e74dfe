"""Who was seen when: nodes with the time of their last event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamsafar.storage.types import I64

Sightings = tuple[I64, I64]
"""Nodes, and when each was seen (µs UTC), aligned."""

NOBODY: Sightings = (np.empty(0, np.int64), np.empty(0, np.int64))


def newest_sightings(parts: Sequence[Sightings], limit: int) -> Sightings:
    """Return each node once with its last time, newest first, ties by node; at most `limit`."""
    node = np.concatenate([NOBODY[0], *(part[0] for part in parts)])
    time = np.concatenate([NOBODY[1], *(part[1] for part in parts)])
    order = np.lexsort((node, -time))
    _, first = np.unique(node[order], return_index=True)
    kept = order[np.sort(first)[:limit]]
    return node[kept], time[kept]
