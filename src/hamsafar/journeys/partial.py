"""Partial results over some people; those of disjoint people merge, in any order, to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.durations import BIN_BITS, quantiles_us
from hamsafar.journeys.kernels import edge_kernels
from hamsafar.journeys.shards import NAME_BITS
from hamsafar.storage.types import I64

_NAME_MASK = (1 << NAME_BITS) - 1
_LOW_BITS = 32
_LOW_MASK = (1 << _LOW_BITS) - 1
_SECOND_US = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPartial:
    """The directly-follows graph of some people, in codes.

    It is canonical: equal people give equal arrays, however they were cut and merged.

    Attributes:
        edges: i64[m], rising, `from << 26 | to`.
        counts: i64[m].
        high: i64[m], sum of durations in µs, the part above 32 bits.
        low: i64[m], its low 32 bits.
        cells: i64[c], rising, `edge << 12 | bin` of `durations`; empty without quantiles.
        cell_counts: i64[c].
        starts: i64[names], people who began with it.
        ends: i64[names], people who ended with it.
        people: i64[names], people who did it.
    """

    edges: I64
    counts: I64
    high: I64
    low: I64
    cells: I64
    cell_counts: I64
    starts: I64
    ends: I64
    people: I64

    def merge(self, other: GraphPartial) -> GraphPartial:
        """Return the graph of both; their people must be disjoint."""
        edges, place = np.unique(np.concatenate([self.edges, other.edges]), return_inverse=True)

        def added(a: I64, b: I64) -> I64:
            total = np.zeros(len(edges), np.int64)
            np.add.at(total, place, np.concatenate([a, b]))
            return total

        low = added(self.low, other.low)
        cells, cell_counts = edge_kernels().merge_cells(
            self.cells, self.cell_counts, other.cells, other.cell_counts
        )
        return GraphPartial(
            edges=edges,
            counts=added(self.counts, other.counts),
            high=added(self.high, other.high) + (low >> _LOW_BITS),
            low=low & _LOW_MASK,
            cells=cells,
            cell_counts=cell_counts,
            starts=self.starts + other.starts,
            ends=self.ends + other.ends,
            people=self.people + other.people,
        )

    @property
    def sources(self) -> I64:
        """Return the code each edge leaves."""
        return self.edges >> NAME_BITS

    @property
    def targets(self) -> I64:
        """Return the code each edge arrives at."""
        return self.edges & _NAME_MASK

    def node_counts(self) -> I64:
        """Return how often each name happened: as somebody's first event, or after another."""
        total = self.starts.copy()
        np.add.at(total, self.targets, self.counts)
        return total

    def means_s(self) -> NDArray[np.float64]:
        """Return each edge's mean duration in seconds."""
        return (np.ldexp(self.high.astype(np.float64), _LOW_BITS) + self.low) / (
            self.counts * _SECOND_US
        )

    def quantiles_s(self, *shares: float) -> list[NDArray[np.float64]]:
        """Return for each share that quantile of each edge in seconds; NaN without histograms."""
        if len(self.cells) == 0:
            return [np.full(len(self.edges), np.nan) for _ in shares]
        ends = np.searchsorted(self.cells, (self.edges + 1) << BIN_BITS)
        return [us / _SECOND_US for us in quantiles_us(self.cells, self.cell_counts, ends, shares)]


def no_graph(names: int) -> GraphPartial:
    """Return the graph of nobody, the neutral element of `merge`."""
    none = np.zeros(0, np.int64)
    nobody = np.zeros(names, np.int64)
    return GraphPartial(
        edges=none,
        counts=none,
        high=none,
        low=none,
        cells=none,
        cell_counts=none,
        starts=nobody,
        ends=nobody,
        people=nobody,
    )


def merged(partials: Sequence[GraphPartial], names: int) -> GraphPartial:
    """Return the sum of all, merged pairwise so that each cell is moved few times."""
    level = list(partials) or [no_graph(names)]
    while len(level) > 1:
        pairs = [a.merge(b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]
