"""What a trouble costs in outcomes: those who met it against comparable people who did not.

Comparable is a session that had come as far when it had lasted as many events: nothing in the cart
yet, something in it, so many steps of the checkout (strata); whether it went on or ended there. For
each stratum the share of sessions without this trouble that reach a goal from there is what the
others would have reached too (direct standardisation); time at risk is so matched as well:

    lost = Σ exposed of the stratum · share of the others  -  goals of the exposed

It is an observation, no experiment: what brings people to a trouble may also keep them from buying.
Source: Rothman, Greenland, Lash, *Modern Epidemiology*, ch. 15 (standardisation).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np

from hamsafar.friction.facts import Facts
from hamsafar.friction.kernels import track_kernels
from hamsafar.friction.life import Fact
from hamsafar.storage.types import I64, U32

GOAL_WITHIN = timedelta(days=1)
"""A goal this long after it still counts: who comes back tomorrow is not lost."""
EDGES = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 25, 30, 50], np.int64)
"""Classes of how many events came before."""
STRATA = 9 * len(EDGES)
"""Depths of `kernels.track.mark_strata` times these classes."""
_Z = 1.959963984540054
_STRIDE = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Outcomes lost, with a 95 % interval; below 0 the exposed did better.

    Attributes:
        exposed: sessions that met the trouble. reached: those of them that reached a goal.
        expected: how many would have, had they done as the comparable.
    """

    exposed: int
    reached: int
    expected: float
    low: float
    high: float

    @property
    def lost(self) -> float:
        """Return the goals lost."""
        return self.expected - self.reached


NO_LOSS = Loss(exposed=0, reached=0, expected=0.0, low=0.0, high=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """Every stratum a session came to, aligned; each once, by session, never falling in one.

    Attributes:
        session: i64[k] rising, `places_of` the last row of the session.
        stratum: i64[k], how far it had come.
        reached: i64[k], 1 when a goal comes within `GOAL_WITHIN` from there.
    """

    session: I64
    stratum: I64
    reached: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Every event of the customers up to the goal of its session; what comparing looks up.

    Attributes:
        where: i64[m] rising, `places_of` each such event.
        session: i64[m] rising, `places_of` the last row of its session.
        stratum: i64[m], how far the session had come before it.
        reached: i64[m], 1 when it is a goal or one comes within `GOAL_WITHIN`.
        states: what the sessions came to.
        sessions, goals: i64[strata], how many sessions came to each stratum, and how many of them
            reached a goal from there.
    """

    where: I64
    session: I64
    stratum: I64
    reached: I64
    states: States
    sessions: I64
    goals: I64


def moments_of(facts: Facts) -> Moments:
    """Return the moments of a history."""
    parts = [_moments(facts, number) for number in range(len(facts.lives))]
    nothing = [((np.zeros(0, np.int64),) * 4, (np.zeros(0, np.int64),) * 3)]
    events, came = zip(*(parts or nothing), strict=True)
    where, session, stratum, reached = (np.concatenate(c) for c in zip(*events, strict=True))
    states = States(
        **dict(
            zip(
                ("session", "stratum", "reached"),
                (np.concatenate(c) for c in zip(*came, strict=True)),
                strict=True,
            )
        )
    )
    return Moments(
        where=where,
        session=session,
        stratum=stratum,
        reached=reached,
        states=states,
        sessions=_tally(states.stratum, None),
        goals=_tally(states.stratum, states.reached),
    )


def places_of(chunk: I64 | U32, row: I64) -> I64:
    """Return `chunk << 40 | row`."""
    place: I64 = chunk.astype(np.int64) * _STRIDE + row
    return place


def loss_of(moments: Moments, exposed: I64) -> Loss:
    """Return what the sessions with these events lost.

    Args:
        moments: of the history.
        exposed: `places_of` the events of the trouble; of a session the first counts.
    """
    wanted = np.sort(exposed)
    at = np.searchsorted(moments.where, wanted)
    at = at[at < len(moments.where)]
    at = at[np.isin(moments.where[at], wanted)]
    if not len(at):
        return NO_LOSS
    sessions, first = np.unique(moments.session[at], return_index=True)
    at = at[first]
    theirs = _rows_of(moments.states, sessions)
    came, got = moments.states.stratum[theirs], moments.states.reached[theirs]
    people = moments.sessions - _tally(came, None)
    reached = moments.goals - _tally(came, got)
    strata, counts = np.unique(moments.stratum[at], return_counts=True)
    shares = (reached[strata] + 0.5) / (people[strata] + 1)
    expected = float((counts * shares).sum())
    spread = counts**2 * shares * (1 - shares) / np.maximum(people[strata], 1)
    variance = float(spread.sum())
    reached_here = int(moments.reached[at].sum())
    share = (reached_here + 0.5) / (len(at) + 1)
    variance += len(at) * share * (1 - share)
    wide = _Z * float(np.sqrt(variance))
    lost = expected - reached_here
    return Loss(
        exposed=len(at),
        reached=reached_here,
        expected=expected,
        low=lost - wide,
        high=lost + wide,
    )


def _rows_of(states: States, sessions: I64) -> I64:
    """Return all rows of these sessions."""
    low = np.searchsorted(states.session, sessions, side="left")
    high = np.searchsorted(states.session, sessions, side="right")
    lengths = high - low
    rows: I64 = np.repeat(high - np.cumsum(lengths), lengths) + np.arange(lengths.sum())
    return rows


def _tally(stratum: I64, weights: I64 | None) -> I64:
    tally: I64 = np.bincount(stratum, weights=weights, minlength=STRATA).astype(np.int64)
    return tally


def _moments(facts: Facts, number: int) -> tuple[tuple[I64, ...], tuple[I64, ...]]:
    """Return the columns of `Moments` and those of `States` of one chunk."""
    life, chunk = facts.lives[number], facts.sequences.chunks[number]
    rows = np.flatnonzero(life.end >= 0)
    if chunk.skip is not None:
        people = np.searchsorted(chunk.starts, rows, side="right") - 1
        rows = rows[~chunk.skip[people]]
    before, after = (np.full(len(chunk.time), -1, np.int64) for _ in range(2))
    track_kernels().mark_strata(life, np.array(chunk.code), EDGES, (before, after))
    rows = rows[before[rows] >= 0]
    where, session = (places_of(np.full(len(rows), number), at) for at in (rows, life.end[rows]))
    at_goal, after_goal = (_reached(facts, number, rows, side) for side in ("left", "right"))
    is_first = np.diff(session, prepend=-1) != 0
    # Each session begins in a state, and every event brings it to one.
    begins = np.where(is_first, before[rows], -1)
    stratum = np.stack([begins, after[rows]], axis=1).ravel()
    reached = np.stack([at_goal, after_goal], axis=1).ravel()
    whose = np.repeat(session, 2)
    known = stratum >= 0
    whose, stratum, reached = whose[known], stratum[known], reached[known]
    once = (np.diff(whose, prepend=-1) != 0) | (np.diff(stratum, prepend=-1) != 0)
    events = (where, session, before[rows], at_goal)
    return events, (whose[once], stratum[once], reached[once])


def _reached(facts: Facts, number: int, rows: I64, side: Literal["left", "right"]) -> I64:
    """Return 1 where the person's next goal comes in time; `left`: a goal itself counts."""
    life, chunk = facts.lives[number], facts.sequences.chunks[number]
    goals = np.flatnonzero((life.facts & (Fact.GOAL | Fact.IGNORED)) == Fact.GOAL)
    after = np.searchsorted(goals, rows, side=side)
    ok = after < len(goals)
    goal = goals[np.minimum(after, max(len(goals) - 1, 0))] if len(goals) else rows
    within = int(GOAL_WITHIN.total_seconds() * 1_000_000)
    is_own = chunk.person[goal] == chunk.person[rows]
    in_time = life.time[goal] - life.time[rows] <= within
    reached: I64 = (ok & is_own & in_time).astype(np.int64)
    return reached
