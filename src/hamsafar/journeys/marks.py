"""Marks: which of a question's conditions each event meets, as bits of a word.

A condition on names alone costs nothing per event: its bit lies in a table by event name. Only
masks bring a word per event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamsafar.expr import Condition
from hamsafar.journeys.filters import code_of, shards_of
from hamsafar.journeys.masks import mask_of
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import U8, Marks, Shard, frozen
from hamsafar.journeys.types import Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import U64

Mask = tuple[U8, ...]
"""u8[n] per chunk of the sequences: 1 where an event meets a condition."""

What = str | frozenset[str] | Condition | Mask
"""An event by name, by any of some names, by a condition, or by a mask."""

MOST = 64
"""Conditions a question may have: a word's bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One piece of work: a shard and the marks of its chunk."""

    shard: Shard
    marks: Marks

    def __len__(self) -> int:
        """Return how many events there are, filtered ones included."""
        return len(self.shard)


def marks_of(sequences: Sequences, conditions: Sequence[tuple[str, What]]) -> list[Marks]:
    """Return the marks of each chunk; condition k is bit k.

    Args:
        sequences: whose events.
        conditions: each with the place in the question it stands at, for errors.

    Raises:
        BadInput: an unknown event name, a property that is not loaded, a mask of another shape, or
            more than `MOST` conditions.
    """
    if len(conditions) > MOST:
        raise BadInput(f"at most {MOST} conditions, not {len(conditions)}", where=conditions[-1][0])
    by_code = np.zeros(max(1, len(sequences.names)), np.uint64)
    by_event: list[U64 | None] = [None] * len(sequences.chunks)
    for bit, (where, what) in enumerate(conditions):
        word = np.uint64(1 << bit)
        if isinstance(what, str | frozenset):
            names = {what} if isinstance(what, str) else what
            by_code[[code_of(sequences.names, name, where) for name in sorted(names)]] |= word
            continue
        mask = what if isinstance(what, tuple) else mask_of(sequences, what, where=where)
        _check_mask(sequences, mask, where)
        for number, part in enumerate(mask):
            column = by_event[number]
            if column is None:
                column = by_event[number] = np.zeros(len(part), np.uint64)
            column[np.asarray(part) != 0] |= word
    nothing = frozen(np.zeros(1, np.uint64))
    codes = frozen(by_code)
    return [
        Marks(codes, nothing, 0)
        if column is None or not len(column)
        else Marks(codes, frozen(column), -1)
        for column in by_event
    ]


def marked_shards(
    sequences: Sequences,
    filters: Filters,
    conditions: Sequence[tuple[str, What]],
    pieces: int,
) -> list[Marked]:
    """Return the whole work under these filters and conditions; errors as of both."""
    marks = marks_of(sequences, conditions)
    shards = shards_of(sequences, filters, pieces)
    return [Marked(shard=shard, marks=marks[shard.chunk]) for shard in shards]


def _check_mask(sequences: Sequences, mask: Mask, where: str) -> None:
    shape = [len(part) for part in mask]
    wanted = [len(chunk.time) for chunk in sequences.chunks]
    if shape != wanted:
        message = f"a mask needs a value for each event: lengths {wanted} by chunk, not {shape}"
        raise BadInput(message, where=where)
