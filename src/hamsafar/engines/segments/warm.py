"""Warming: run every kernel once on a few rows, so that none is compiled on a request."""

from __future__ import annotations

import numpy as np

from hamsafar.engines.segments.kernels import (
    mark_moved,
    newest_rows,
    pick_runs,
    rows_before,
    rows_of_seqs,
)
from hamsafar.engines.segments.keyfile import (
    MERGED_AT_ONCE,
    fences_of,
    merge_order,
    probe_keys,
    take_merged,
)
from hamsafar.engines.segments.parts import all_of, overlay, part_of, sorted_columns, unmasked
from hamsafar.storage.types import NUMERIC_COLUMNS, IdentityView


def warm_kernels() -> None:
    """Compile all kernels, or load them from numba's cache on disk."""
    rows = {name: np.zeros(64, kind) for name, kind in NUMERIC_COLUMNS}
    part = part_of(sorted_columns([all_of(rows)], np.zeros(64, np.uint32)))
    view = IdentityView(version=1, person_of=np.ones(2, np.uint32))
    overlay(unmasked([part]), [rows], view)
    nobody = np.zeros(2, np.bool_)
    pick_runs(part.persons, nobody, nobody)
    pairs = (part.pair_node, part.pair_run)
    mark_moved(pairs, part.persons, nobody, view.person_of, nobody)
    time, seq = part.columns["occurred_at"], part.columns["seq"]
    newest_rows(part.columns["node"], (0, 1), np.zeros(1, np.int64), 1)
    rows_before(time, seq, (0, 1), 0, 0)
    rows_of_seqs(seq, np.zeros(1, np.int64))
    hi = np.zeros(2, np.uint64)
    probe_keys((hi, hi), (fences_of(hi, hi, 1), 63), (hi, hi), np.zeros(2, np.int64))
    sets, source = (hi,) * MERGED_AT_ONCE, np.zeros(2 * MERGED_AT_ONCE, np.uint8)
    merge_order(sets, sets, source)
    take_merged(sets, source[:2], np.zeros(MERGED_AT_ONCE, np.int64), hi.copy())
