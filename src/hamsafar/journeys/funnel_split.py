"""What a funnel is split by: which value stands for each attempt, and one funnel for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hamsafar.expr import Normal
from hamsafar.journeys.columns import TraitColumn
from hamsafar.journeys.funnel_result import Attempts, FunnelSplit, tell_steps
from hamsafar.journeys.funnel_types import Attribution, Breakdown
from hamsafar.journeys.funnel_work import ABSENT, Keep
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import U8, frozen
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64, U16, U32

OTHER = "other"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A breakdown over the chunks.

    Attributes:
        codes: u32[n] for each chunk (u32[p] of a trait, one element for all); 0: unknown.
        values: by code; the first is None.
        of_people: codes are of persons.
        attribution: whose value counts.
        step: for attribution `step`.
    """

    codes: tuple[U32, ...] = field(repr=False)
    values: tuple[Normal, ...] = field(repr=False)
    of_people: bool
    attribution: Attribution
    step: int


def split_of(sequences: Sequences, breakdown: Breakdown) -> Split:
    """Return the breakdown over these chunks.

    Raises:
        BadInput: the column is not of these sequences.
    """
    by = breakdown.by
    if by is None:
        codes = tuple(_channel_codes(c.channel, sequences.channels) for c in sequences.chunks)
        values: tuple[Normal, ...] = (None, *sequences.channels)
        return _split(codes, values, breakdown, of_people=False)
    of_people = isinstance(by, TraitColumn)
    rows = [len(c.starts) - 1 if of_people else len(c.time) for c in sequences.chunks]
    if [len(codes) for codes in by.codes] != rows:
        message = f"the column must have {rows} values by chunk"
        raise BadInput(message, where="breakdown")
    return _split(by.codes, by.values, breakdown, of_people=of_people)


def _channel_codes(channel: U16, names: Sequence[str]) -> U32:
    """Return the place of each channel among the names, from 1; 0: it has none."""
    place = np.zeros(1 << 16, np.uint32)
    named = [number for number, name in enumerate(names) if name]
    place[named] = np.array(named, np.uint32) + np.uint32(1)
    return frozen(place[channel if len(channel) else np.zeros(1, np.uint16)])


def _split(
    codes: tuple[U32, ...], values: tuple[Normal, ...], breakdown: Breakdown, *, of_people: bool
) -> Split:
    return Split(
        codes=codes,
        values=values,
        of_people=of_people,
        attribution=Attribution(breakdown.attribution),
        step=breakdown.step,
    )


def values_of(split: Split | None, chunk: int, rows: tuple[I64, U8, I64]) -> U32:
    """Return the code of each row's value; empty when nothing is split.

    Args:
        split: by what.
        chunk: which.
        rows: place of the person and number of cells of each row, and the events of the cells.
    """
    if split is None:
        return np.zeros(0, np.uint32)
    person, length, at = rows
    codes = split.codes[chunk]
    if split.of_people:
        return codes[person]
    told = np.where(at == ABSENT, 0, codes[at if len(codes) > 1 else np.zeros_like(at)])
    firsts = np.cumsum(length, dtype=np.int64) - length
    found = np.zeros(len(person), np.uint32)
    if split.attribution is Attribution.STEP:
        far = length > split.step
        found[far] = told[firsts[far] + split.step]
        return found
    row = np.repeat(np.arange(len(person)), length)
    known = told != 0
    row, told = row[known], told[known]
    if split.attribution is Attribution.FIRST_TOUCH:
        row, told = row[::-1], told[::-1]
    # Of several values for one row the one written last stays.
    found[row] = told
    return found


def tell_splits(attempts: Attempts, split: Split, breakdown: Breakdown) -> tuple[FunnelSplit, ...]:
    """Return the funnel of each value listed, of the others, and of the unknown."""
    codes = attempts.units.value
    entered = np.bincount(codes, minlength=len(split.values))
    entered[0] = 0
    listed = _ranked(entered)[: breakdown.limit]
    rows = [_told(attempts.chosen(codes == code), value=split.values[code]) for code in listed]
    rest = (codes != 0) & ~np.isin(codes, listed)
    if rest.any():
        rows.append(_told(attempts.chosen(rest), label=OTHER))
    if (codes == 0).any():
        rows.append(_told(attempts.chosen(codes == 0), label=UNKNOWN))
    return tuple(rows)


def split_by_events(
    split: Split, breakdown: Breakdown, ask: Callable[[Sequence[Keep]], Attempts]
) -> tuple[FunnelSplit, ...]:
    """Return a funnel of the events of each value alone; a person may stand in several.

    Args:
        split: by what.
        breakdown: how many values are listed.
        ask: counts the funnel of the events that are kept.
    """
    size = len(split.values)
    known = np.zeros(size, np.int64)
    for codes in split.codes:
        known += np.bincount(codes, minlength=size)
    known[0] = 0
    entered = np.zeros(size, np.int64)
    # Values with many events are tried; who has most entrants is listed.
    tried = _ranked(known)[: 4 * breakdown.limit]
    told = {code: ask(_keeps(split, {code})) for code in tried}
    for code, attempts in told.items():
        entered[code] = len(attempts)
    listed = _ranked(entered)[: breakdown.limit]
    rows = [_told(told[code], value=split.values[code]) for code in listed]
    rest = set(_ranked(known)) - set(listed)
    for label, wanted in ((OTHER, rest), (UNKNOWN, {0})):
        found = ask(_keeps(split, wanted)) if wanted else None
        if found is not None and len(found):
            rows.append(_told(found, label=label))
    return tuple(rows)


def _keeps(split: Split, wanted: set[int]) -> list[Keep]:
    ok = np.zeros(len(split.values), np.uint8)
    ok[sorted(wanted)] = 1
    table = frozen(ok)
    return [
        Keep(frozen(np.ascontiguousarray(codes)), -1 if len(codes) > 1 else 0, table)
        for codes in split.codes
    ]


def _ranked(counts: I64) -> list[int]:
    order = np.lexsort((np.arange(len(counts)), -counts))
    return [int(code) for code in order if counts[code] > 0]


def _told(attempts: Attempts, *, value: Normal = None, label: str = "") -> FunnelSplit:
    return FunnelSplit(
        value=value,
        label=label or str(value),
        is_other=label == OTHER,
        is_unknown=label == UNKNOWN,
        steps=tell_steps(attempts),
        attempts=attempts,
    )
