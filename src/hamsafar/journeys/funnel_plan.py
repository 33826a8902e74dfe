"""How a funnel is counted: which kernel, and the tables it looks things up in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from hamsafar.journeys.filters import code_of, range_of, shards_of
from hamsafar.journeys.funnel_types import (
    FunnelRules,
    Step,
    What,
)
from hamsafar.journeys.funnel_work import Limits
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import U8, Shard, frozen
from hamsafar.journeys.types import Filters
from hamsafar.storage.types import SortedChunk

_SECOND_US = 1e6


class Engine(StrEnum):
    """Which kernel counts."""

    QUICK = "quick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A question ready to be asked of every piece.

    Attributes:
        engine: which kernel.
        limits: window, range of entering, number of required steps.
        step_of: u8[names], number of the step an event is, from 1; for the quick engine.
    """

    engine: Engine
    limits: Limits
    step_of: U8 = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of work.

    Attributes:
        shard: whose events.
        chunk: the columns of the chunk it is of.
    """

    shard: Shard
    chunk: SortedChunk = field(repr=False)

    def __len__(self) -> int:
        """Return how many events there are, filtered ones included."""
        return len(self.shard)


def names_of(what: What) -> frozenset[str]:
    """Return the names of events that are told by name alone; none for others."""
    if isinstance(what, str):
        return frozenset({what})
    return what if isinstance(what, frozenset) else frozenset()


def newest_us(sequences: Sequences) -> int:
    """Return the time of the newest event; 0 when there is none."""
    ends = [c.time[c.starts[1:][np.diff(c.starts) > 0] - 1] for c in sequences.chunks]
    return max((int(times.max()) for times in ends if len(times)), default=0)


def plan_of(
    sequences: Sequences, steps: Sequence[Step], filters: Filters, rules: FunnelRules
) -> Plan:
    """Return how to count.

    Raises:
        BadInput: a step names an event that does not exist, or a filter is wrong.
    """
    from_us, to_us = range_of(filters.from_us, filters.to_us)
    limits = Limits(
        top=len(steps),
        window=round(rules.window_s * _SECOND_US),
        from_us=from_us,
        to_us=to_us,
        as_of=newest_us(sequences) if rules.as_of_us is None else rules.as_of_us,
    )
    step_of = np.zeros(max(1, len(sequences.names)), np.uint8)
    for number, step in enumerate(steps):
        for name in names_of(step.what):
            step_of[code_of(sequences.names, name, f"steps[{number}]")] = number + 1
    return Plan(engine=Engine.QUICK, limits=limits, step_of=frozen(step_of))


def pieces_of(sequences: Sequences, filters: Filters, width: int) -> list[Piece]:
    """Return the work; the range of the filters bounds entering, so events are taken without it.

    Raises:
        BadInput: a filter names an event or channel that does not exist.
    """
    wide = replace(filters, from_us=None, to_us=None)
    shards = shards_of(sequences, wide, width)
    return [Piece(shard=shard, chunk=sequences.chunks[shard.chunk]) for shard in shards]
