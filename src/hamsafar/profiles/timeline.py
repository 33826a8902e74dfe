"""One page of a timeline: what a query leaves in, and events as they are told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hamsafar.collect import decode_payload
from hamsafar.profiles.types import Origin, TimelineEvent, TimelineQuery
from hamsafar.storage.types import Columns, Flag, TimelineFilter

Place = tuple[int, int]
"""(occurred_at, seq) of an event."""


def told(
    rows: Columns, index: int, names: dict[int, str], channels: dict[int, str]
) -> TimelineEvent:
    """Return one row as an event, with its codes as words."""
    stored = decode_payload(rows.payload[index])
    derived = bool(int(rows.flags[index]) & Flag.DERIVED)
    return TimelineEvent(
        seq=int(rows.seq[index]),
        id=stored.message_id,
        type=stored.type,
        name=names.get(int(rows.code[index]), "?"),
        channel=channels.get(int(rows.channel[index]), "?"),
        source_id=int(rows.source[index]),
        node=int(rows.node[index]),
        occurred_at=int(rows.occurred_at[index]),
        received_at=int(rows.received_at[index]),
        origin=Origin.HAMSAFAR if derived else Origin.CLIENT,
        category=stored.category,
        properties=stored.properties,
        traits=stored.traits,
        context=stored.context,
        derived=stored.derived,
    )


def bound_of(query: TimelineQuery) -> Place | None:
    """Return the place that everything asked for lies before."""
    if query.until is None:
        return query.before
    end = (query.until, 0)
    return end if query.before is None else min(query.before, end)


def narrowed(
    query: TimelineQuery, names: dict[int, str], channels: dict[int, str]
) -> TimelineFilter | None:
    """Return the filter in codes, None when nothing can pass it."""
    codes = frozenset(code for code, name in names.items() if name == query.name)
    spoken = frozenset(code for code, name in channels.items() if name == query.channel)
    if (query.name and not codes) or (query.channel and not spoken):
        return None
    return TimelineFilter(
        codes=codes if query.name else None,
        channels=spoken if query.channel else None,
        since=TimelineFilter().since if query.since is None else query.since,
    )


def passing(part: Columns, only: TimelineFilter) -> NDArray[np.bool_]:
    """Return which of these events pass a filter."""
    found = part.occurred_at >= only.since
    if only.codes is not None:
        found &= np.isin(part.code, list(only.codes))
    if only.channels is not None:
        found &= np.isin(part.channel, list(only.channels))
    return found
