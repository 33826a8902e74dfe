"""How variants fit a map: the cheapest alignment of each, exactly.

An alignment walks through the map and through the events at once. An event is used as a touchpoint
(free; in a channel the map does not allow it costs `WRONG`), or left over (`EXTRA`); a step of the
map may be skipped (`SKIP`). The least sum is found, never an estimate. Of equally cheap ways the
one is taken in which, of a repeated event, the first is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np

from hamsafar.maps.automaton import Machine
from hamsafar.maps.kernels import align_kernels
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64, U64

MAX_STEPS = 500
"""Longer attempts are a robot's; they are left out and told."""
_PIECES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Variants one after the other.

    Attributes:
        starts: i64[v + 1], where each begins.
        match: u64[m], bits of the touchpoints each event may be.
        wrong: u64[m], of those, the ones whose channels do not include the event's.
    """

    starts: I64
    match: U64 = field(repr=False)
    wrong: U64 = field(repr=False)

    def __len__(self) -> int:
        """Return how many variants there are."""
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignments:
    """The cheapest alignment of each variant.

    Attributes:
        cost: i64[v].
        touch: i64[m], touchpoint each event is used as; -1: left over.
        skip_variant, skip_touch, skip_at: i64[k], each skipped step: of which variant, which
            touchpoint, before which event of the variant (its length: after all).
    """

    cost: I64
    touch: I64
    skip_variant: I64
    skip_touch: I64
    skip_at: I64


def aligned(machine: Machine, texts: Texts, compute: Compute) -> Alignments:
    """Return the cheapest alignment of every variant with a map.

    Args:
        machine: the map's automata.
        texts: variants of at most `MAX_STEPS` events; an event's bits all lie in the map.
        compute: where pieces run.
    """
    if not len(texts):
        none = np.zeros(0, np.int64)
        return Alignments(cost=none, touch=none, skip_variant=none, skip_touch=none, skip_at=none)
    # Long variants cost the square of their length, so pieces are cut by it.
    effort = np.concatenate([[0], np.cumsum((np.diff(texts.starts) + 8) ** 2)])
    goals = np.linspace(0, effort[-1], compute.width * _PIECES + 1)
    bounds = np.unique(np.searchsorted(effort, goals)).tolist()
    pieces = list(pairwise(bounds))
    parts = list(compute.map(partial(_piece, machine=machine, texts=texts), pieces))
    return Alignments(
        cost=np.concatenate([part.cost for part in parts]),
        touch=np.concatenate([part.touch for part in parts]),
        skip_variant=np.concatenate([part.skip_variant for part in parts]),
        skip_touch=np.concatenate([part.skip_touch for part in parts]),
        skip_at=np.concatenate([part.skip_at for part in parts]),
    )


def _piece(bounds: tuple[int, int], *, machine: Machine, texts: Texts) -> Alignments:
    lo, hi = bounds
    kernels = align_kernels()
    begin, end = int(texts.starts[lo]), int(texts.starts[hi])
    starts = texts.starts[lo : hi + 1] - begin
    cost, touch = np.zeros(hi - lo, np.int64), np.empty(end - begin, np.int64)
    text = kernels.Text(texts.match[begin:end], texts.wrong[begin:end])
    variant, skipped, at = kernels.align(machine, starts, text, (cost, touch))
    return Alignments(
        cost=cost, touch=touch, skip_variant=variant + lo, skip_touch=skipped, skip_at=at
    )
