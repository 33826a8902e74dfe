"""What counting people brings: numbers by cell, and the people of the one cell that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Rows, Shard
from hamsafar.storage.types import I64

NO_CELL = -1
"""Asked for instead of a cell: only the numbers are wanted."""


def room_for(shard: Shard, cell: int) -> Rows:
    """Return room for everybody of a shard; none when no cell is asked for."""
    people = 0 if cell == NO_CELL else shard.events.hi - shard.events.lo
    return Rows(*(np.empty(people, np.int64) for _ in range(3)))


def taken(rows: Rows, found: int) -> Rows:
    """Return the rows that were filled."""
    return Rows(rows.who[:found], rows.counts[:found], rows.last_at[:found])


def crowd_of(sequences: Sequences, parts: Iterable[tuple[int, Rows]]) -> Crowd:
    """Return the people of a cell from (chunk, rows) of each piece."""
    none = np.zeros(0, np.int64)
    columns: list[tuple[I64, I64, I64]] = [(none, none, none)]
    for number, rows in parts:
        chunk = sequences.chunks[number]
        who = chunk.person[chunk.starts[rows.who]].astype(np.int64)
        columns.append((who, rows.counts, rows.last_at))
    person, counts, last_at = (np.concatenate(column) for column in zip(*columns, strict=True))
    crowd = Crowd(person=person, counts=counts, last_at=last_at, took=none)
    return crowd.labelled(sequences.labels)
