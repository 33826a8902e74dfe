"""Scans: bases, an overlay of what came or moved since, and a small one on top for right now."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from hamsafar.engines.segments.bases import Bases
from hamsafar.engines.segments.catalog import Snapshot
from hamsafar.engines.segments.columns import PART_NAMES
from hamsafar.engines.segments.manifest import Level
from hamsafar.engines.segments.parts import Columns, Masked, Part, overlay, unmasked
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.storage.types import NUMERIC_COLUMNS, IdentityView, SortedChunk
from hamsafar.storage.types import Columns as EventColumns

RESETTLE_ROWS = 100_000
"""A top overlay of more rows than this is worth a new lower one."""

READ_WITHIN_US = 15 * SECOND_US
"""Recent rows handed to a scan were read at most so long ago: only younger segments can hold them."""

_KINDS = dict(NUMERIC_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Bases and the lower overlay under one manifest and identity version."""

    manifest_version: int
    view_version: int
    masked: list[Masked]


class Scanner:
    """Keeps the settled layers between queries."""

    def __init__(self, bases: Bases, clock: Clock) -> None:
        self._bases = bases
        self._clock = clock
        self._lock = threading.Lock()
        self._settled: Settled | None = None
        self._top_rows = 0

    def scan(
        self, snapshot: Snapshot, view: IdentityView, recent: EventColumns | None
    ) -> list[SortedChunk]:
        """Return the whole history (and `recent`) under this view."""
        view = _plain(view)
        # Now, not after what may take long: settling a large history, or waiting for another scan.
        oldest = self._clock.now_us() - READ_WITHIN_US
        with self._lock:
            settled = self._settle(snapshot, view)
            masked = settled.masked
            rows = _uncovered(snapshot, recent, oldest)
            if rows or settled.view_version != view.version:
                masked, top = overlay(masked, rows, view)
                self._top_rows = len(top) if top else 0
                masked = masked + unmasked([top] if top else [])
        chunks = [layer.chunk() for layer in masked]
        return [chunk for chunk in chunks if chunk is not None]

    def forget(self) -> None:
        """Let go of what is in memory."""
        with self._lock:
            self._settled = None
        self._bases.forget()

    def _settle(self, snapshot: Snapshot, view: IdentityView) -> Settled:
        old = self._settled
        if old and old.manifest_version == snapshot.manifest.version:
            is_near = old.view_version == view.version or self._top_rows <= RESETTLE_ROWS
            if is_near and old.view_version <= view.version:
                return old
        masked = unmasked(self._bases.of(snapshot))
        masked, lower = overlay(masked, fresh_rows(snapshot), view)
        parts: list[Part] = [lower] if lower else []
        self._top_rows = 0
        self._settled = Settled(
            manifest_version=snapshot.manifest.version,
            view_version=view.version,
            masked=masked + unmasked(parts),
        )
        return self._settled


def fresh_rows(snapshot: Snapshot) -> list[Columns]:
    """Return the rows of all L0 segments."""
    fresh = [file for file in snapshot.segments if file.entry.level == Level.FRESH]
    return [file.columns for file in fresh]


def _uncovered(snapshot: Snapshot, recent: EventColumns | None, oldest: int) -> list[Columns]:
    """Return the recent rows that no segment written since `oldest` holds."""
    if recent is None or not len(recent):
        return []
    columns = _columns_of(recent)
    seq = columns["seq"]
    kept = np.ones(len(seq), np.bool_)
    for file in snapshot.segments:
        entry = file.entry
        is_near = entry.seq_max >= seq.min() and entry.seq_min <= seq.max()
        if is_near and entry.created_at >= oldest:
            kept &= ~np.isin(seq, file.columns["seq"])
    if not kept.all():
        columns = {name: column[kept] for name, column in columns.items()}
    return [columns] if kept.any() else []


def _plain(view: IdentityView) -> IdentityView:
    """Return the view with an array of the one type the kernels are compiled for."""
    person_of = np.require(view.person_of, np.uint32, ["C", "W", "A"])
    return IdentityView(version=view.version, person_of=person_of)


def _columns_of(recent: EventColumns) -> Columns:
    return {
        name: np.require(getattr(recent, name), _KINDS[name], ["C", "W", "A"])
        for name in PART_NAMES[1:]
    }
