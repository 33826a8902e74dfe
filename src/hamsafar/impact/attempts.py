"""Attempts: from an entry to the outcome, or to the end of the time there was for it.

A person's attempts do not overlap: entries during an attempt belong to it. Only attempts whose
whole time is known count: else those that succeed quickly would be seen sooner than those that fail.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hamsafar.impact.flow import B, Flow, rank_at
from hamsafar.storage.types import I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """a attempts, aligned.

    Attributes:
        first: i64[a], row of the entry.
        last: i64[a], one past the last row before the outcome or the end of the time.
        reached: bool[a], whether the outcome came.
        person: i64[a], whose it is; attempts of one person have one number.
        number: i64[a], the journey's first attempt is 0, also when it lies outside the range.
        open: how many attempts are left out because their time still runs.
    """

    first: I64 = field(repr=False)
    last: I64 = field(repr=False)
    reached: B = field(repr=False)
    person: I64 = field(repr=False)
    number: I64 = field(repr=False)
    open: int

    def __len__(self) -> int:
        """Return a."""
        return len(self.first)

    def of(self, rows: I64) -> Attempts:
        """Return some of them."""
        return Attempts(
            first=self.first[rows],
            last=self.last[rows],
            reached=self.reached[rows],
            person=self.person[rows],
            number=self.number[rows],
            open=self.open,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """The time attempts have.

    Attributes:
        window_us: how long one may take, the end included.
        entered: range of entries that count, its end not included; earlier ones still number.
        settle_us: how long after its end it is known what came of it.
    """

    window_us: int
    entered: tuple[int | None, int | None] = (None, None)
    settle_us: int = 0


def attempts_of(
    flow: Flow, entry: B, outcome: B, time: Time, *, is_included: bool = False
) -> Attempts:
    """Return the attempts of everybody.

    Args:
        flow: whose events.
        entry: bool[n], events that begin an attempt.
        outcome: bool[n], events that are the outcome.
        time: there is for it.
        is_included: the outcome is a part of the attempt and may be the entry itself; else it
            comes after the entry, and what happens with it or later no longer counts.
    """
    begins = np.flatnonzero(entry)
    came = np.append(np.flatnonzero(outcome), len(flow))
    limit = rank_at(flow, begins, time.window_us)
    following = came[np.searchsorted(came, begins, side="left" if is_included else "right")]
    reached = following < limit
    last = np.where(reached, following + is_included, limit)
    after = np.searchsorted(begins, np.where(reached, following, limit - 1), side="right")
    chosen, number = _chained(flow.place[begins], after)
    at = flow.time[begins[chosen]]
    is_in = np.ones(len(chosen), np.bool_)
    if time.entered[0] is not None:
        is_in &= at >= time.entered[0]
    if time.entered[1] is not None:
        is_in &= at < time.entered[1]
    is_known = at + time.window_us + time.settle_us <= flow.as_of_us
    kept = chosen[is_in & is_known]
    return Attempts(
        first=begins[kept],
        last=last[kept],
        reached=reached[kept],
        person=flow.owner[flow.place[begins[kept]]],
        number=number[is_in & is_known],
        open=int((is_in & ~is_known).sum()),
    )


def _chained(place: I64, after: I64) -> tuple[I64, I64]:
    """Return which entries begin an attempt, rising, and their number within the person.

    Args:
        place: i64[e], whose entry each is, rising.
        after: i64[e], the first entry past the attempt each would begin.
    """
    here = np.flatnonzero(np.append(True, np.diff(place) != 0)[: len(place)])
    found, numbers = [], []
    number = 0
    while len(here):
        found.append(here)
        numbers.append(np.full(len(here), number))
        onward = after[here]
        is_same = (onward < len(place)) & (place[np.minimum(onward, len(place) - 1)] == place[here])
        here = onward[is_same]
        number += 1
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    chosen, numbered = np.concatenate(found), np.concatenate(numbers)
    order = np.argsort(chosen, kind="stable")
    return chosen[order], numbered[order]
