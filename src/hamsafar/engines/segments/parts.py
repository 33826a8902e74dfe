"""Sorted parts of the history and the overlay that puts moved and new rows in their place.

A part holds rows sorted by (person, time, tie) under the person each row was *filed* under. Under
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
    mark_moved,
    mark_rows,
    order_rows,
    pairs_of,
    persons_of,
    pick_runs,
    rows_of_runs,
    runs_of,
)
from hamsafar.storage.types import I64, U32, U64, IdentityView, SortedChunk

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
        columns: `PART_NAMES`, sorted by (person, time, tie).
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


def row_order(person: U32, time: I64, tie: U64) -> I64:
    """Return the rows in order of (person, time, tie)."""
    if len(person) and int(person.max()) > SPARSE * len(person):
        # Few rows of very many persons: number the persons that are there.
        person = np.unique(person, return_inverse=True)[1].astype(np.uint32)
    return order_rows(person, time, tie)


def sorted_columns(pieces: Sequence[Columns]) -> Columns:
    """Return the rows of all pieces as one set of columns sorted by (person, time, tie)."""
    person = joined(pieces, "person")
    order = row_order(person, joined(pieces, "occurred_at"), joined(pieces, "fp_hi"))
    result: Columns = {"person": person[order]}
    for name in PART_NAMES[1:]:
        result[name] = joined(pieces, name)[order]
    return result


def joined(pieces: Sequence[Columns], name: str) -> Array:
    """Return one column of all pieces, end to end."""
    if len(pieces) == 1:
        return pieces[0][name]
    return np.concatenate([piece[name] for piece in pieces])


def taken(columns: Columns, rows: I64) -> Columns:
    """Return these rows, with the columns a part needs (and no person)."""
    return {name: columns[name][rows] for name in PART_NAMES[1:]}


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
    newer = [{name: piece[name] for name in PART_NAMES[1:]} for piece in rows]
    dirty = np.zeros(max(top, int(known.max(initial=0)) + 1), np.bool_)
    for masked in lower:
        part = masked.part
        mark_moved((part.pair_node, part.pair_run), part.persons, masked.skip, known, dirty)
    for piece in newer:
        mark_rows(persons_of(piece["node"], known), dirty)
    left: list[Masked] = []
    for masked in lower:
        picked = pick_runs(masked.part.persons, dirty, masked.skip)
        newer.append(taken(masked.part.columns, rows_of_runs(masked.part.starts, picked)))
        left.append(Masked(masked.part, masked.skip | picked))
    filed = [
        {**piece, "person": persons_of(piece["node"], known)}
        for piece in newer
        if len(piece["node"])
    ]
    return left, part_of(sorted_columns(filed)) if filed else None
