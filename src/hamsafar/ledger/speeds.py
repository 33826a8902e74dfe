"""Speed of response and of resolution: when it was asked for, when it came, whether it still may.

A *response* is asked for whenever the company comes to owe a beginning (its queue), and came with
the next event that changes who is waited for; when that ends the contact, the customer gave up. A
*resolution* is asked for by the first event of a strand after which somebody else than the customer
is waited for, and came with the last one that gives the turn back to the customer for good.

Those still waiting are not left out: they are watched until now, and the median is read off the
Kaplan-Meier curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys import figure, kaplan_meier
from hamsafar.ledger.split import OPEN_LASTS_US, Rota, causes_of
from hamsafar.ledger.strands import CUSTOMER, KEEPS, QUEUE, SECOND_US, Strands
from hamsafar.ledger.types import Speed
from hamsafar.storage.types import I64

DONE, OPEN, GAVE_UP = 0, 1, 2
MAX_CURVE = 20_000
"""More watches than this are thinned evenly before the curve is drawn: its error is below 1 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, row by row.

    Attributes:
        strand: i64[r].
        cause: i64[r], the event that asked, as a place in the strands' events.
        end: i64[r], when it came, the customer gave up, or until when it is watched, µs UTC.
        state: i64[r], `DONE`, `OPEN` or `GAVE_UP`.
        wall, business: i64[r], µs.
        target: f64[r], promised seconds of working time; NaN: nothing.
    """

    strand: I64
    cause: I64
    end: I64
    state: I64
    wall: I64
    business: I64
    target: NDArray[np.float64]

    def only(self, rows: NDArray[np.bool_]) -> Asked:
        """Return the same for some rows."""
        return Asked(
            strand=self.strand[rows],
            cause=self.cause[rows],
            end=self.end[rows],
            state=self.state[rows],
            wall=self.wall[rows],
            business=self.business[rows],
            target=self.target[rows],
        )


def responses(strands: Strands, rota: Rota, now: int) -> Asked:
    """Return every question and its first answer."""
    n = len(strands.time)
    last = np.repeat(strands.starts[1:], np.diff(strands.starts)) - 1
    turn = np.flatnonzero(strands.party != KEEPS)
    # The turn before, within the strand: a question while one waits already is the same one.
    before = np.full(len(turn), CUSTOMER, np.int64)
    same = np.zeros(len(turn), np.bool_)
    same[1:] = last[turn[1:]] == last[turn[:-1]]
    before[1:] = np.where(same[1:], strands.party[turn[:-1]], CUSTOMER)
    place = np.flatnonzero((strands.party[turn] == QUEUE) & (before != QUEUE))
    answer = np.full(len(place), n, np.int64)
    other = turn[strands.party[turn] != QUEUE]
    found = np.searchsorted(other, turn[place], side="right")
    has = found < len(other)
    answer[has] = other[found[has]]
    came = answer <= last[turn[place]]
    at = np.minimum(answer, max(n - 1, 0))
    gave_up = came & (strands.ends[at] & (strands.party[at] == CUSTOMER) if n else came)
    state = np.where(gave_up, GAVE_UP, np.where(came, DONE, OPEN))
    newest = strands.time[last[turn[place]]]
    until = np.where(came, strands.time[at] if n else newest, _watched(newest, now))
    return _asked(strands, rota, turn[place], until, state, resolve=False)


def resolutions(strands: Strands, rota: Rota, now: int) -> Asked:
    """Return for each strand when it was first owed something and when that ended for good."""
    if not len(strands):
        none = np.zeros(0, np.int64)
        return _asked(strands, rota, none, none, none, resolve=True)
    n = np.arange(len(strands.time))
    owed = (strands.party != KEEPS) & (strands.party != CUSTOMER)
    first = np.minimum.reduceat(np.where(owed, n, len(n)), strands.starts[:-1])
    last_turn = causes_of(strands)[strands.starts[1:] - 1]
    done = strands.party[last_turn] == CUSTOMER
    # Of several turns to the customer in a row the first one ended it.
    last_owed = np.maximum.reduceat(np.where(owed, n, -1), strands.starts[:-1])
    turns = np.flatnonzero(strands.party == CUSTOMER)
    found = np.searchsorted(turns, last_owed, side="right")
    ended = turns[np.minimum(found, max(len(turns) - 1, 0))] if len(turns) else last_owed
    newest = strands.time[strands.starts[1:] - 1]
    until = np.where(done, strands.time[ended], _watched(newest, now))
    return _asked(strands, rota, first, until, np.where(done, DONE, OPEN), resolve=True)


def _watched(newest: I64, now: int) -> I64:
    """Return until when somebody who waits is watched."""
    return np.maximum(newest, np.minimum(now, newest + OPEN_LASTS_US))


def _asked(
    strands: Strands, rota: Rota, cause: I64, end: I64, state: I64, *, resolve: bool
) -> Asked:
    place = rota.places(strands)[cause] if len(cause) else cause
    begin = strands.time[cause]
    strand = np.searchsorted(strands.starts, cause, side="right") - 1
    promised = {
        number: _promise(rota, number, resolve=resolve) for number in np.unique(place).tolist()
    }
    target = np.array([promised[number] for number in place.tolist()], np.float64)
    return Asked(
        strand=strand,
        cause=cause,
        end=end,
        state=state,
        wall=end - begin,
        business=rota.business(place, begin, end),
        target=target,
    )


def _promise(rota: Rota, place: int, *, resolve: bool) -> float:
    hours = rota.hours(place)
    seconds = None if hours is None else hours.resolve_s if resolve else hours.respond_s
    return float("nan") if seconds is None else float(seconds)


def speed_of(asked: Asked, cell: str) -> Speed | None:
    """Return the figures of what was asked for; None when nothing was."""
    count = len(asked.state)
    if not count:
        return None
    done = asked.state == DONE
    seconds = asked.business / SECOND_US
    targets = np.unique(asked.target[~np.isnan(asked.target)])
    promised = ~np.isnan(asked.target)
    in_time = promised & done & (seconds <= asked.target)
    missed = promised & ~in_time & (done | (asked.state == GAVE_UP) | (seconds > asked.target))
    undecided = int((promised & ~in_time & ~missed).sum())
    decided = int(in_time.sum()) + int(missed.sum())
    median_s, p90_s = _quantiles(seconds, done)
    return Speed(
        count=count,
        done=int(done.sum()),
        gave_up=int((asked.state == GAVE_UP).sum()),
        open=int((asked.state == OPEN).sum()),
        median_s=median_s,
        p90_s=p90_s,
        wall_median_s=_quantiles(asked.wall / SECOND_US, done)[0],
        target_s=float(targets[0]) if len(targets) == 1 else None,
        within=figure(int(in_time.sum()), decided, open=undecided) if promised.any() else None,
        cell=cell,
        open_cell=f"{cell}:open",
    )


def _quantiles(
    seconds: NDArray[np.float64], done: NDArray[np.bool_]
) -> tuple[float | None, float | None]:
    """Return median and 90th percentile by the Kaplan-Meier curve; None where it ends before."""
    if len(seconds) > MAX_CURVE:
        rows = np.argsort(seconds, kind="stable")
        rows = rows[np.linspace(0, len(rows) - 1, MAX_CURVE).astype(np.int64)]
        seconds, done = seconds[rows], done[rows]
    curve = kaplan_meier(seconds, done)

    def falls_to(share: float) -> float | None:
        return next((step.time for step in curve.steps if step.share <= share + 1e-12), None)

    return falls_to(0.5), falls_to(0.1)
