"""Matching on time at risk: whom an exposure is compared with.

A *moment* is an event of an attempt before its outcome. Moments are alike when they are the same
step of their attempt, come after a pause or not, and at about the same time since the entry. An
attempt whose moment is the exposure is compared with the attempts that had another event at a
moment alike and were not exposed until then: they have waited as long, are as much at risk, and
are there just as much. An attempt stands at each step once, so alike moments are of different
attempts. If the exposure has nothing to do with the outcome, it is a fair draw among alike
moments: long journeys meet more of everything, but not more of it per moment.

Source: Lu, "Propensity score matching with time-dependent covariates", Biometrics 61 (2005), for
comparing with those not yet exposed; Mantel, Haenszel, JNCI 22 (1959).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hamsafar.impact.attempts import Attempts
from hamsafar.impact.exact import Tables
from hamsafar.impact.flow import F64, B, Flow
from hamsafar.impact.paths import summed
from hamsafar.storage.types import I64

PAUSE_US = 1_800_000_000
"""A moment after so long a pause begins another visit."""

ALIKE = 300
"""Moments of one step are split by time into slices of at least so many."""

SCARCE = 10
"""So many times fewer others than exposed are too few to compare errors with."""

SLICES = 8
"""A step is split into at most so many slices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """m moments, sorted by attempt and time.

    Attributes:
        attempt: i64[m], which attempt.
        row: i64[m], which event of the flow.
        stratum: i64[m], moments of one stratum are alike.
        strata: how many strata there are.
        starts: i64[a + 1], where each attempt's moments begin.
        is_end: bool[m], the outcome itself: no moment to be exposed at, but what errors stand in
            the way of.
        outcome: f64[a], 0 or 1, or the number of satisfaction.
        person: i64[a], whose attempt it is.
    """

    attempt: I64 = field(repr=False)
    row: I64 = field(repr=False)
    stratum: I64 = field(repr=False)
    strata: int
    starts: I64 = field(repr=False)
    is_end: B = field(repr=False)
    outcome: F64 = field(repr=False)
    person: I64 = field(repr=False)

    @property
    def is_entry(self) -> B:
        """Return bool[m]: the moments that are entries."""
        found = np.zeros(len(self.row), np.bool_)
        found[self.starts[:-1]] = True
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """One exposure against the moments alike.

    Attributes:
        first: i64[e], the moment of each exposed attempt's exposure, where somebody is alike.
        unmatched: how many more exposed attempts there are, with nobody alike.
        gone: i64[g], moments of exposed attempts from the exposure on, within the compared ones.
        hit, exposed, other_hit, others: f64[strata]; sums of outcomes, and numbers.
    """

    first: I64 = field(repr=False)
    unmatched: int
    gone: I64 = field(repr=False)
    hit: F64 = field(repr=False)
    exposed: F64 = field(repr=False)
    other_hit: F64 = field(repr=False)
    others: F64 = field(repr=False)

    def tables(self) -> Tables:
        """Return the tables of a yes-or-no outcome."""
        return Tables(
            hit=self.hit.astype(np.int64),
            exposed=self.exposed.astype(np.int64),
            other_hit=self.other_hit.astype(np.int64),
            others=self.others.astype(np.int64),
        )

    @property
    def share(self) -> F64:
        """Return f64[strata]: what is expected of each exposed; 0 where nobody is alike."""
        found: F64 = self.other_hit / np.maximum(self.others, 1.0)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The moments an exposure may be compared with.

    Attributes:
        mask: bool[m].
        counts, hits: f64[strata], how many there are, and their outcomes added up.
    """

    mask: B = field(repr=False)
    counts: F64 = field(repr=False)
    hits: F64 = field(repr=False)


def moments_of(flow: Flow, attempts: Attempts, outcome: F64, *, has_end: bool) -> Moments:
    """Return the moments of attempts, stratified.

    Args:
        flow: whose events.
        attempts: of the flow.
        outcome: f64[a], what came of each.
        has_end: the event right after an attempt that reached it is the outcome.
    """
    ends: B = attempts.reached & has_end
    counts = attempts.last - attempts.first + ends
    starts = np.concatenate([[0], np.cumsum(counts)])
    attempt = np.repeat(np.arange(len(attempts)), counts)
    step = np.arange(starts[-1]) - starts[attempt]
    row = attempts.first[attempt] + step
    time = flow.time[row]
    paused = np.append(False, np.diff(time) > PAUSE_US)[: len(row)] & (step > 0)
    is_end = np.zeros(len(row), np.bool_)
    is_end[starts[1:][ends] - 1] = True
    stratum, strata = _stratified(step * 2 + paused, time - flow.time[attempts.first[attempt]])
    return Moments(
        attempt=attempt,
        row=row,
        stratum=stratum,
        strata=strata,
        starts=starts,
        is_end=is_end,
        outcome=outcome,
        person=attempts.person,
    )


def pool_of(moments: Moments, mask: B) -> Pool:
    """Return the moments of a mask, counted."""
    counts, hits = _totals(moments, np.flatnonzero(mask))
    return Pool(mask=mask, counts=counts, hits=hits)


def with_ends(moments: Moments, pool: Pool, exposed_at: I64) -> Pool:
    """Return the pool with the outcome itself where hardly anything else could have happened.

    An error stands in the way of the outcome: who had none at that step got there. So where those
    exposed are more than `SCARCE` times as many as the others, the outcome counts as what else
    could have happened. For other candidates it must not: that they did not get there at this
    very moment says nothing against them.
    """
    exposed = np.bincount(moments.stratum[exposed_at], minlength=moments.strata)
    is_scarce = exposed > SCARCE * (pool.counts - exposed)
    ends: B = moments.is_end & is_scarce[moments.stratum]
    return pool_of(moments, pool.mask | ends)


def matched(moments: Moments, exposed_at: I64, pool: Pool) -> Matched:
    """Return an exposure against the moments alike.

    Args:
        moments: of all attempts.
        exposed_at: i64, moments at which the exposure happened, rising; the first of each
            attempt counts.
        pool: what to compare with.
    """
    who = moments.attempt[exposed_at]
    first = exposed_at[np.append(True, np.diff(who) != 0)[: len(who)]]
    who = moments.attempt[first]
    lengths = moments.starts[who + 1] - first
    begins = np.concatenate([[0], np.cumsum(lengths)])
    gone = np.arange(begins[-1]) + np.repeat(first - begins[:-1], lengths)
    gone = gone[pool.mask[gone]]
    lost, lost_hit = _totals(moments, gone)
    others = pool.counts - lost
    is_told = others[moments.stratum[first]] > 0
    unmatched = int((~is_told).sum())
    first = first[is_told]
    exposed, hit = _totals(moments, first)
    return Matched(
        first=first,
        unmatched=unmatched,
        gone=gone,
        hit=hit,
        exposed=exposed,
        other_hit=pool.hits - lost_hit,
        others=others,
    )


def _totals(moments: Moments, chosen: I64) -> tuple[F64, F64]:
    """Return f64[strata]: how many of these moments there are, and their outcomes added up."""
    stratum, attempt = moments.stratum[chosen], moments.attempt[chosen]
    counts = np.bincount(stratum, minlength=moments.strata).astype(np.float64)
    return counts, summed(stratum, moments.outcome[attempt], moments.strata)


def _stratified(step: I64, elapsed: I64) -> tuple[I64, int]:
    """Return which stratum each moment is of: its step, cut into slices of even numbers by time."""
    if not len(step):
        return np.zeros(0, np.int64), 0
    order = np.lexsort((elapsed, step))
    counts = np.bincount(step)
    slices = np.clip(counts // ALIKE, 1, SLICES)
    begins = np.concatenate([[0], np.cumsum(counts)])[:-1]
    offset = np.concatenate([[0], np.cumsum(slices)])
    sorted_step = step[order]
    rank = np.arange(len(order)) - begins[sorted_step]
    stratum = np.empty(len(order), np.int64)
    stratum[order] = offset[sorted_step] + rank * slices[sorted_step] // counts[sorted_step]
    return stratum, int(offset[-1])
