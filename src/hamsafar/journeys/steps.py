"""Steps: only the events a question knows, out of all chunks, as one set of columns.

What stands above journeys (maps, the time ledger) speaks of some events under names of its own,
its *symbols*. `steps_of` copies just those, whole persons one after the other, so that such a
question needs no knowledge of chunks, filters or skipped persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.filters import shards_of
from hamsafar.journeys.kernels import step_kernels
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import U8, Shard, all_threads, frozen
from hamsafar.journeys.types import EVERYTHING, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64, U32

INDEX_BITS = 40
"""`Steps.origin` is `chunk << 40 | index of the event in the chunk`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbols:
    """Which events are steps, and under which number.

    Attributes:
        table: u32[names, channels + 1, patterns], the symbol of an event with this code, channel
            and pattern; 0: no step. The last channel stands for all codes beyond.
        patterns: per chunk u8[n], what conditions say of each event; None: 0 for all.
    """

    table: NDArray[np.uint32] = field(repr=False)
    patterns: Sequence[U8] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The steps of all people who have any, person after person, in order of time.

    Attributes:
        person: u32[p], the people.
        starts: i64[p + 1], where each one's steps begin.
        time: i64[m], µs UTC.
        symbol: u32[m], 1 …
        origin: i64[m], see `INDEX_BITS`.
    """

    person: U32
    starts: I64
    time: I64
    symbol: U32
    origin: I64

    def __len__(self) -> int:
        """Return how many steps there are."""
        return len(self.time)


def steps_of(
    sequences: Sequences,
    symbols: Symbols,
    filters: Filters = EVERYTHING,
    *,
    compute: Compute | None = None,
) -> Steps:
    """Copy out the events that are steps.

    Args:
        sequences: whose events.
        symbols: which events.
        filters: which of them count.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: the table does not fit the names, or a filter is wrong.
    """
    if symbols.table.ndim != 3 or len(symbols.table) != len(sequences.names):
        message = f"table must be [{len(sequences.names)}, channels + 1, patterns]"
        raise BadInput(message, where="symbols.table")
    workers = compute or all_threads()
    rows, table = _compact(symbols.table)
    task = partial(_copy, sequences=sequences, rows=rows, table=table, patterns=symbols.patterns)
    parts = list(workers.map(task, shards_of(sequences, filters, workers.width)))
    if not parts:
        none = np.zeros(0, np.int64)
        nobody = np.zeros(0, np.uint32)
        return Steps(
            person=nobody, starts=np.zeros(1, np.int64), time=none, symbol=nobody, origin=none
        )
    before = np.cumsum([0] + [len(part) for part in parts[:-1]])
    starts = [part.starts[:-1] + offset for part, offset in zip(parts, before, strict=True)]
    total = np.array([sum(map(len, parts))], np.int64)
    return Steps(
        person=np.concatenate([part.person for part in parts]),
        starts=np.concatenate([*starts, total]),
        time=np.concatenate([part.time for part in parts]),
        symbol=np.concatenate([part.symbol for part in parts]),
        origin=np.concatenate([part.origin for part in parts]),
    )


def _compact(table: NDArray[np.uint32]) -> tuple[U32, NDArray[np.uint32]]:
    """Return the row of each code (0: no step), and the rows that hold any step after an empty."""
    known = table.any(axis=(1, 2))
    rows = np.where(known, np.cumsum(known), 0).astype(np.uint32)
    empty = np.zeros((1, *table.shape[1:]), np.uint32)
    dense = np.concatenate([empty, table[known].astype(np.uint32)])
    return frozen(rows), frozen(np.ascontiguousarray(dense))


def _copy(
    shard: Shard,
    *,
    sequences: Sequences,
    rows: U32,
    table: NDArray[np.uint32],
    patterns: Sequence[U8] | None,
) -> Steps:
    kernels = step_kernels()
    chunk = sequences.chunks[shard.chunk]
    one = frozen(np.zeros(1, np.uint8))
    pattern = one if patterns is None else frozen(np.ascontiguousarray(patterns[shard.chunk]))
    channel = chunk.channel if len(chunk.channel) else frozen(np.zeros(1, np.uint16))
    wanted = kernels.Wanted(
        rows=rows,
        table=table,
        channel=channel,
        channel_mask=-1 if len(channel) > 1 else 0,
        pattern=pattern,
        pattern_mask=-1 if len(pattern) > 1 else 0,
    )
    steps, people = kernels.count_steps(shard.events, shard.sieve, wanted)
    time, origin = np.empty(steps, np.int64), np.empty(steps, np.int64)
    symbol = np.empty(steps, np.uint32)
    place, starts = np.empty(people, np.int64), np.zeros(people + 1, np.int64)
    kernels.copy_steps(shard.events, shard.sieve, wanted, (time, symbol, origin, place, starts))
    return Steps(
        person=chunk.person[chunk.starts[place]],
        starts=starts,
        time=time,
        symbol=symbol,
        origin=origin | shard.chunk << INDEX_BITS,
    )
