"""Which events pass filters, as masks: for those who count with numpy instead of a kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.filters import sieves_of
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Sieve
from hamsafar.journeys.types import Filters
from hamsafar.storage.types import SortedChunk

Kept = NDArray[np.bool_]


def kept_of(sequences: Sequences, filters: Filters) -> tuple[Kept, ...]:
    """Return for each chunk bool[n]: the events that count, of persons who are not skipped.

    Raises:
        BadInput: a filter names an event or channel that does not exist, or the range is empty.
    """
    sieves = sieves_of(sequences, filters)
    return tuple(
        _present(chunk) if sieve is None else _present(chunk) & _passing(chunk, sieve)
        for chunk, sieve in zip(sequences.chunks, sieves, strict=True)
    )


def _present(chunk: SortedChunk) -> Kept:
    if chunk.skip is None:
        return np.ones(len(chunk.time), np.bool_)
    return np.repeat(~chunk.skip, np.diff(chunk.starts))


def _passing(chunk: SortedChunk, sieve: Sieve) -> Kept:
    """Return what `kernels.walk.is_kept` says of every event; one element stands for all."""
    ok = sieve.code_ok[chunk.code].astype(np.bool_)
    ok &= sieve.channel_ok[sieve.channel].astype(np.bool_)
    ok &= sieve.source_ok[sieve.source].astype(np.bool_)
    ok &= (sieve.flags & sieve.blocked) == 0
    ok &= (chunk.time >= sieve.from_us) & (chunk.time < sieve.to_us)
    return ok
