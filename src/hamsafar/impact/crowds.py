"""The people behind numbers of Impact: events of theirs, grouped by person."""

from __future__ import annotations

import numpy as np

from hamsafar.impact.flow import Flow
from hamsafar.journeys import Crowd
from hamsafar.storage.types import I64


def crowd_of(flow: Flow, rows: I64) -> Crowd:
    """Return whose events these are: how many each has, and when the last was.

    Args:
        flow: whose rows.
        rows: i64, in any order.
    """
    return crowd_from(flow.people[flow.place[rows]], flow.time[rows])


def crowd_from(person: I64, at_us: I64) -> Crowd:
    """Return these people: how often each comes, and when last.

    Args:
        person: i64[n], ids.
        at_us: i64[n], µs UTC.
    """
    order = np.lexsort((at_us, person))
    who, first, counts = np.unique(person[order], return_index=True, return_counts=True)
    return Crowd(
        person=who,
        counts=counts,
        last_at=at_us[order][first + counts - 1],
        took=np.zeros(0, np.int64),
    )
