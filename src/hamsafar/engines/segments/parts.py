"""Sorted parts of the history and the overlay that puts moved and new rows in their place.

A part holds rows sorted by (person, time, seq) under the person each row was *filed* under. Under
a newer view some nodes belong elsewhere: both persons concerned are skipped where they lie, and
all their rows are gathered, sorted, in an overlay, itself a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hamsafar.engines.segments.columns import PART_NAMES, Array
from hamsafar.engines.segments.kernels import (
    Flags,
    inverse_of,
    mark_moved,
    mark_rows,
    move_rows,
    order_rows,
    pairs_of,
    persons_of,
    pick_runs,
    rows_of_runs,
    runs_of,
)
from hamsafar.storage.types import I64, U32, IdentityView, SortedChunk

Columns = dict[str, Array]

BUCKETS = 8
SPARSE = 64
_SPREAD = np.uint32(2654435761)
_SHIFT = np.uint32(29)


def bucket_of(person: U32) -> U32:
    """Return the bucket of each person, 0 ≤ b < BUCKETS."""
    return (person * _SPREAD) >> _SHIFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows of whole filed persons.

    Attributes:
        columns: `PART_NAMES`, sorted by (person, time, seq).
        persons: u32[p], distinct. starts: i64[p + 1].
        pair_node, pair_run: distinct (node, index of the person it is filed under).
    """

    columns: Columns
    persons: U32
    starts: I64
    pair_node: I64
    pair_run: I64

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.columns["node"])


@dataclass(frozen=True, slots=True)
class Masked:
    """A part and which of its persons are to be skipped."""

    part: Part
    skip: Flags

    def chunk(self) -> SortedChunk | None:
        """Return what the journeys read; None when everything is skipped."""
        skip = self.skip | (self.part.persons == 0)
        if bool(skip.all()):
            return None
        columns = self.part.columns
        return SortedChunk(
            person=columns["person"],
            time=columns["occurred_at"],
            code=columns["code"],
            channel=columns["channel"],
            source=columns["source"],
            flags=columns["flags"],
            seq=columns["seq"],
            starts=self.part.starts,
            skip=skip if bool(skip.any()) else None,
        )


def part_of(columns: Columns) -> Part:
    """Return the part over sorted columns."""
    persons, starts = runs_of(columns["person"])
    pair_node, pair_run = pairs_of(starts, columns["node"])
    return Part(
        columns=columns,
        persons=persons,
        starts=starts,
        pair_node=pair_node,
        pair_run=pair_run,
    )


def row_order(person: U32, time: I64, seq: I64) -> I64:
    """Return the rows in order of (person, time, seq)."""
    if len(person) and int(person.max()) > SPARSE * len(person):
        # Few rows of very many persons: number the persons that are there.
        person = np.unique(person, return_inverse=True)[1].astype(np.uint32)
    return order_rows(person, time, seq)


@dataclass(frozen=True, slots=True)
class Picked:
    """Some rows of some columns."""

    columns: Columns
    rows: I64

    def of(self, name: str) -> Array:
        """Return one column of these rows."""
        return self.columns[name][self.rows]


def all_of(columns: Columns) -> Picked:
    """Return all rows of these columns."""
    return Picked(columns, np.arange(len(columns["node"])))


def sorted_columns(pieces: Sequence[Picked], person: U32) -> Columns:
    """Return the rows of all pieces as one set of columns sorted by (person, time, seq).

    Args:
        pieces: at least one.
        person: whom each row is filed under, the pieces end to end.
    """
    time = np.concatenate([piece.of("occurred_at") for piece in pieces])
    seq = np.concatenate([piece.of("seq") for piece in pieces])
    order = row_order(person, time, seq)
    result: Columns = {"person": person[order], "occurred_at": time[order], "seq": seq[order]}
    places = inverse_of(order)
    for name in PART_NAMES:
        if name in result:
            continue
        out = np.empty(len(person), pieces[0].columns[name].dtype)
        start = 0
        for piece in pieces:
            end = start + len(piece.rows)
            move_rows(piece.columns[name], piece.rows, places[start:end], out)
            start = end
        result[name] = out
    return result


def joined(pieces: Sequence[Columns], name: str) -> Array:
    """Return one column of all pieces, end to end."""
    if len(pieces) == 1:
        return pieces[0][name]
    return np.concatenate([piece[name] for piece in pieces])


def unmasked(parts: Iterable[Part]) -> list[Masked]:
    """Return the parts with nobody skipped."""
    return [Masked(part, np.zeros(len(part.persons), np.bool_)) for part in parts]


def overlay(
    lower: Sequence[Masked], rows: Sequence[Columns], view: IdentityView
) -> tuple[list[Masked], Part | None]:
    """Return the lower parts with more persons skipped, and the part that holds those instead.

    Args:
        lower: parts whose unskipped persons are disjoint.
        rows: newer rows in any order, any columns beside those of a part.
        view: who is who; rows of unknown nodes are filed under person 0, which is never shown.
    """
    top = len(view.person_of)
    for masked in lower:
        if len(masked.part.persons):
            top = max(top, int(masked.part.persons[-1]) + 1)
    known = view.person_of
    picked = [all_of(piece) for piece in rows if len(piece["node"])]
    dirty = np.zeros(max(top, int(known.max(initial=0)) + 1), np.bool_)
    for masked in lower:
        part = masked.part
        mark_moved((part.pair_node, part.pair_run), part.persons, masked.skip, known, dirty)
    for piece in picked:
        mark_rows(persons_of(piece.columns["node"], known), dirty)
    left: list[Masked] = []
    for masked in lower:
        runs = pick_runs(masked.part.persons, dirty, masked.skip)
        if runs.any():
            picked.append(Picked(masked.part.columns, rows_of_runs(masked.part.starts, runs)))
        left.append(Masked(masked.part, masked.skip | runs))
    if not picked:
        return left, None
    person = persons_of(np.concatenate([piece.of("node") for piece in picked]), known)
    return left, part_of(sorted_columns(picked, person))
