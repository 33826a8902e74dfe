"""Outcomes as attempts: which ended in a purchase, in silence, in a number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hamsafar.impact.attempts import Attempts, Time, attempts_of
from hamsafar.impact.flow import F64, B, Flow
from hamsafar.impact.types import Churns, Outcome, Rates, Reaches, What
from hamsafar.kernel.clock import DAY_US
from hamsafar.storage.types import I64


def tried(
    flow: Flow, outcome: Outcome, entry: What | None, time: Time
) -> tuple[Attempts, F64, int]:
    """Return attempts, what came of each, and how many are left out for want of a rating.

    Args:
        flow: whose events.
        outcome: what is looked for.
        entry: what begins an attempt; None: each person's first event.
        time: there is for it.

    Raises:
        BadInput: a name does not exist, or a property is not loaded.
    """
    begins = first_of(flow) if entry is None else flow.events_of(entry, "entry")
    match outcome:
        case Reaches():
            came = flow.events_of(outcome.event, "outcome.event")
            found = attempts_of(flow, begins, came, time)
            return found, _as_number(found.reached), 0
        case Churns():
            is_last = silent(flow, int(outcome.days * DAY_US))
            settled = replace(time, settle_us=int(outcome.days * DAY_US))
            found = attempts_of(flow, begins, is_last, settled, is_included=True)
            return found, _as_number(found.reached), 0
        case Rates():
            number = flow.numbers(outcome.property, "outcome.property")
            came = ~np.isnan(number)
            if outcome.event is not None:
                came &= flow.events_of(outcome.event, "outcome.event")
            found = attempts_of(flow, begins, came, time)
            rated = found.of(np.flatnonzero(found.reached))
            return rated, number[rated.last], len(found) - len(rated)


def first_of(flow: Flow) -> B:
    """Return bool[n]: each person's first event."""
    return np.append(True, np.diff(flow.place) != 0)[: len(flow)]


def silent(flow: Flow, long_us: int) -> B:
    """Return bool[n]: events after which nothing came for so long, or nothing yet for longer."""
    last: I64 = flow.ends - 1
    following = np.append(flow.time[1:], 0)[: len(flow)]
    following[last] = flow.as_of_us
    return following - flow.time >= long_us


def _as_number(reached: B) -> F64:
    return np.where(reached, 1.0, 0.0)
