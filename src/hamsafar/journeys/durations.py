"""Durations as mergeable log-histograms: 64 bins per power of two, relative error under 1 %.

A bin [lo, hi) stands for its middle, so a duration x in it is off by at most (hi - lo) / 2 / lo =
1/128 of x. Durations of 0 and below 128 µs are exact.

Source: Masson, Rim, Lee, "DDSketch", PVLDB 12 (2019), with the linear interpolation of the
logarithm that its authors offer for speed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hamsafar.storage.types import I64

BIN_BITS = 12
_BIN_MASK = (1 << BIN_BITS) - 1
_PER_OCTAVE_BITS = 6
_PER_OCTAVE = 1 << _PER_OCTAVE_BITS


def value_us(bins: I64) -> NDArray[np.float64]:
    """Return the µs each bin stands for.

    Args:
        bins: as given by `kernels.edges.bin_of`.
    """
    octave, part = np.divmod(np.maximum(bins - 1, 0), _PER_OCTAVE)
    width = np.ldexp(1.0, octave - _PER_OCTAVE_BITS)
    least = np.ldexp(1.0, octave) + part * width
    middle = least + np.maximum(width - 1, 0) / 2
    return np.where(bins == 0, 0.0, middle)


def quantiles_us(
    cells: I64, counts: I64, ends: I64, shares: tuple[float, ...]
) -> list[NDArray[np.float64]]:
    """Return quantiles of each of many histograms that lie one after the other.

    Between two ranks they are interpolated linearly, like numpy's and pandas' default.

    Args:
        cells: the low `BIN_BITS` bits are bins, rising within each histogram.
        counts: how many durations each cell holds, all > 0.
        ends: where each histogram ends; none is empty.
        shares: 0.5 for the median.
    """
    running = np.cumsum(counts)
    above = running[ends - 1]
    below = np.concatenate([[0], above[:-1]])

    def ranked(rank: I64) -> NDArray[np.float64]:
        return value_us(cells[np.searchsorted(running, below + rank, side="right")] & _BIN_MASK)

    found = []
    for share in shares:
        rank = (above - below - 1) * share
        low = np.floor(rank).astype(np.int64)
        at_low = ranked(low)
        at_high = ranked(np.ceil(rank).astype(np.int64))
        found.append(at_low + (at_high - at_low) * (rank - low))
    return found
