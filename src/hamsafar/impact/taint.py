"""Taint: how a bad moment colours the good ones before and after it: `taint(sequences, bad)`.

Everybody's first bad moment is set beside moments alike of people to whom nothing bad had happened
until then: of the same time, after as busy a month. Then both are followed by distance in time:
whether they come (again), or how they rate what they had lived before the moment and what they
live after it. Activity before the moment is a check: there both should be the same.

Source: the event study of Jacobson, LaLonde, Sullivan, AER 83 (1993), with controls not yet
treated (Callaway, Sant'Anna, Journal of Econometrics 225, 2021).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from hamsafar.impact.contrast import Contrast, contrast
from hamsafar.impact.flow import F64, B, Flow, rank_at
from hamsafar.impact.taint_results import Side, Taint, TaintPoint
from hamsafar.impact.types import DAY_S, What
from hamsafar.journeys import EVERYTHING, Filters, Sequences, benjamini_hochberg
from hamsafar.kernel.clock import DAY_US, SECOND_US
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

BUSY_US = 30 * DAY_US
PERIODS = 6
"""Moments are alike within the same sixth of the bad moments' time."""
MOST_EDGES = 20
LOG_3 = float(np.log(3.0))
"""Months are as busy in the same class of 0 … 3, 4 … 15, 16 … 51, … events: each thrice as wide."""
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class TaintRules:
    """How taint is measured.

    Attributes:
        edges_s: distances in seconds at which one interval ends and the next begins, rising.
        anchor: at which events the bad moment could have been, as a delivery can be late; None:
            at any event.
        good: which events count as coming (again); None: any.
        rating: path of a number people give; None: activity is measured instead.
        subject: path of what is rated (a product, an order): a rating belongs to the time the
            person first met the subject.
        range: of the moments, µs UTC, its end not included.
        filters: which events count at all.
        level: false-discovery rate to accept.
        seed: of the choice of one moment for each person who is alike.
    """

    edges_s: tuple[float, ...] = (1 * DAY_S, 3 * DAY_S, 7 * DAY_S, 14 * DAY_S, 30 * DAY_S)
    anchor: What | None = None
    good: What | None = None
    rating: str | None = None
    subject: str | None = None
    range: tuple[int | None, int | None] = (None, None)
    filters: Filters = EVERYTHING
    level: float = 0.05
    seed: int = 1

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            BadInput: edges that do not rise from above 0, too many, or a rating without subject.
        """
        edges = (0.0, *self.edges_s)
        rises = all(a < b for a, b in pairwise(edges))
        if not (1 <= len(self.edges_s) <= MOST_EDGES and rises):
            raise BadInput(f"give 1 … {MOST_EDGES} edges that rise from above 0", where="edges_s")
        if (self.rating is None) != (self.subject is None):
            raise BadInput("a rating needs its subject, and a subject a rating", where="subject")


DEFAULTS = TaintRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """One moment for each person of a group.

    Attributes:
        row: i64[n], rows of the flow.
        stratum: i64[n], moments of one stratum are alike.
        until: i64[n], µs UTC: from then on they tell nothing, since something bad came to those
            beside them as well.
    """

    row: I64
    stratum: I64
    until: I64


def taint(sequences: Sequences, bad: What, rules: TaintRules = DEFAULTS) -> Taint:
    """Return how bad moments colour what comes before and after.

    Args:
        sequences: whose events, with the properties that are read.
        bad: the bad moments.
        rules: distances, what is measured, what is alike.

    Raises:
        BadInput: a name does not exist, or a property is not loaded.
    """
    flow = Flow.of(sequences, rules.filters)
    is_bad = flow.events_of(bad, "bad")
    could = np.ones(len(flow), np.bool_)
    if rules.anchor is not None:
        could = flow.events_of(rules.anchor, "anchor") | is_bad
    first = _first(flow, is_bad)
    hit = first[_within(flow, first, rules)]
    spared = _one_each(flow, could & _before(flow, first), rules)
    groups = _stratified(flow, hit, spared, _own(flow, first, spared))
    if rules.rating is None:
        points = _activity(flow, groups, rules)
    else:
        points = _ratings(flow, groups, rules)
    rates = benjamini_hochberg([point.p for point in points])
    judged = tuple(
        replace(point, q=q, is_significant=q < rules.level)
        for point, q in zip(points, rates, strict=True)
    )
    return Taint(
        points=judged,
        is_rating=rules.rating is not None,
        people=len(np.unique(flow.owner[flow.place[groups[0].row]])),
        alike=len(np.unique(flow.owner[flow.place[groups[1].row]])),
        unmatched=len(hit) - len(groups[0].row),
        level=rules.level,
        flow=flow,
    )


def _first(flow: Flow, is_bad: B) -> I64:
    """Return the row of each journey's first bad moment, where there is one."""
    rows = np.flatnonzero(is_bad)
    found: I64 = rows[np.append(True, np.diff(flow.place[rows]) != 0)[: len(rows)]]
    return found


def _own(flow: Flow, first: I64, spared: I64) -> I64:
    """Return when something bad came to each of those to whom nothing had come before."""
    found = np.full(len(flow.ends), _NEVER)
    found[flow.place[first]] = flow.time[first]
    own: I64 = found[flow.place[spared]]
    return own


def _before(flow: Flow, first: I64) -> B:
    """Return bool[n]: events before the first bad moment of their journey, if there is any."""
    until = np.full(len(flow.ends), len(flow))
    until[flow.place[first]] = first
    found: B = np.arange(len(flow)) < until[flow.place]
    return found


def _within(flow: Flow, rows: I64, rules: TaintRules) -> B:
    at = flow.time[rows]
    found: B = np.ones(len(rows), np.bool_)
    if rules.range[0] is not None:
        found &= at >= rules.range[0]
    if rules.range[1] is not None:
        found &= at < rules.range[1]
    return found


def _one_each(flow: Flow, could: B, rules: TaintRules) -> I64:
    """Return one moment of each journey that has any, drawn fairly."""
    rows = np.flatnonzero(could)
    rows = rows[_within(flow, rows, rules)]
    ticket = np.random.Generator(np.random.PCG64(rules.seed)).random(len(rows))
    order = np.lexsort((ticket, flow.place[rows]))
    chosen = rows[order]
    found: I64 = chosen[np.append(True, np.diff(flow.place[chosen]) != 0)[: len(chosen)]]
    return found


def _stratified(flow: Flow, hit: I64, spared: I64, own: I64) -> tuple[Moments, Moments]:
    """Return both groups with strata; only what has somebody alike in the other group."""
    if not len(hit):
        none = Moments(row=hit, stratum=hit, until=hit)
        return none, none
    cuts = np.quantile(flow.time[hit], np.arange(1, PERIODS) / PERIODS)

    def stratum(rows: I64) -> I64:
        period = np.searchsorted(cuts, flow.time[rows], side="right")
        busy = rank_at(flow, rows, -1) - rank_at(flow, rows, -BUSY_US)
        found: I64 = period * 64 + np.floor(np.log(1.0 + busy / 2) / LOG_3).astype(np.int64)
        return found

    one, other = stratum(hit), stratum(spared)
    both = np.intersect1d(one, other)
    kept, alike = np.isin(one, both), np.isin(other, both)
    return (
        Moments(row=hit[kept], stratum=one[kept], until=np.full(int(kept.sum()), _NEVER)),
        Moments(row=spared[alike], stratum=other[alike], until=own[alike]),
    )


def _intervals(rules: TaintRules) -> list[tuple[Side, float, float]]:
    edges = (0.0, *rules.edges_s)
    pairs = list(pairwise(edges))
    before: list[tuple[Side, float, float]] = [(Side.BEFORE, a, b) for a, b in reversed(pairs)]
    return before + [(Side.AFTER, a, b) for a, b in pairs]


def _activity(flow: Flow, groups: tuple[Moments, Moments], rules: TaintRules) -> list[TaintPoint]:
    good = (
        np.ones(len(flow), np.bool_) if rules.good is None else flow.events_of(rules.good, "good")
    )
    running = np.concatenate([[0], np.cumsum(good)])
    earliest = int(flow.time.min()) if len(flow) else 0
    points = []
    for side, near, far in _intervals(rules):
        near_us, far_us = int(near * SECOND_US), int(far * SECOND_US)
        values, known = [], []
        for group in groups:
            at = flow.time[group.row]
            if side is Side.AFTER:
                low, high = rank_at(flow, group.row, near_us), rank_at(flow, group.row, far_us)
                known.append((at + far_us <= flow.as_of_us) & (at + near_us < group.until))
            else:
                low = rank_at(flow, group.row, -far_us - 1)
                high = rank_at(flow, group.row, -near_us - 1)
                known.append(at - far_us >= earliest)
            values.append(np.where(running[high] > running[low], 1.0, 0.0))
        found = contrast(
            (values[0][known[0]], groups[0].stratum[known[0]]),
            (values[1][known[1]], groups[1].stratum[known[1]]),
        )
        rows = tuple(group.row[told] for group, told in zip(groups, known, strict=True))
        hits = tuple(value[told] for value, told in zip(values, known, strict=True))
        points.append(_point(side, (near, far), found, (rows[0], rows[1]), (hits[0], hits[1])))
    return points


def _ratings(flow: Flow, groups: tuple[Moments, Moments], rules: TaintRules) -> list[TaintPoint]:
    """Compare what is rated after the moment, by when the person had met what is rated."""
    number = flow.numbers(rules.rating or "", "rating")
    subject = flow.property(rules.subject or "", "subject").code
    met = _met(flow, subject)
    rows = np.flatnonzero(~np.isnan(number) & (subject > 0))
    parts = [_rated(flow, group, rows, met) for group in groups]
    points = []
    for side, near, far in _intervals(rules):
        low, high = (near, far) if side is Side.AFTER else (-far, -near)
        told = []
        for group, (row, owner, distance) in zip(groups, parts, strict=True):
            is_in = (distance >= low) & (distance < high)
            sums = np.bincount(owner[is_in], weights=number[row[is_in]], minlength=len(group.row))
            counts = np.bincount(owner[is_in], minlength=len(group.row))
            has = np.flatnonzero(counts)
            told.append((sums[has] / counts[has], group.stratum[has], group.row[has]))
        found = contrast((told[0][0], told[0][1]), (told[1][0], told[1][1]))
        points.append(
            _point(side, (near, far), found, (told[0][2], told[1][2]), (told[0][0], told[1][0]))
        )
    return points


def _met(flow: Flow, subject: I64) -> I64:
    """Return i64[n]: when the journey first met the subject of each event."""
    key = flow.place * (int(subject.max(initial=0)) + 1) + subject
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    found: I64 = flow.time[first][of]
    return found


def _rated(flow: Flow, group: Moments, rows: I64, met: I64) -> tuple[I64, I64, F64]:
    """Return ratings given after the group's moments: row, whose moment, distance in seconds."""
    spot = np.full(len(flow.ends), -1)
    spot[flow.place[group.row]] = np.arange(len(group.row))
    owner = spot[flow.place[rows]]
    if not len(group.row):
        return rows[:0], rows[:0], np.zeros(0)
    moment = flow.time[group.row[owner]]
    is_after = (owner >= 0) & (flow.time[rows] > moment) & (flow.time[rows] < group.until[owner])
    distance = (met[rows] - moment) / SECOND_US
    return rows[is_after], owner[is_after], distance[is_after]


def _point(
    side: Side,
    interval: tuple[float, float],
    found: Contrast,
    rows: tuple[I64, I64],
    values: tuple[F64, F64],
) -> TaintPoint:
    return TaintPoint(
        side=side,
        from_s=interval[0],
        to_s=interval[1],
        people=found.people,
        alike=found.alike,
        value=found.value,
        expected=found.expected,
        difference=found.difference.value,
        low=found.difference.low,
        high=found.difference.high,
        p=found.p,
        q=1.0,
        is_significant=False,
        rows=(rows[0][found.kept[0]], rows[1][found.kept[1]]),
        values=(values[0][found.kept[0]], values[1][found.kept[1]]),
    )
