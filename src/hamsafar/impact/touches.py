"""Paths of touches out of everybody's events: `touch_paths(sequences, "Order Completed")`.

A person's touches form a path until a conversion or until nothing happens for longer than one
looks back. A conversion is owed to the touches within `lookback_s` before it. A path after which
no conversion came for so long is a null path; one that may still convert is open and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hamsafar.impact.flow import F64, B, Flow
from hamsafar.impact.paths import TouchPaths
from hamsafar.impact.types import DAY_S, What
from hamsafar.journeys import EVERYTHING, Filters, Sequences
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64


class TouchKind(StrEnum):
    """What a touch is named by."""

    CHANNEL = "channel"
    EVENT = "event"
    PROPERTY = "property"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What counts as a touch.

    Attributes:
        kind: the channel of events, their name, or the value of a property of theirs.
        path: of the property, as `campaign` or `context.campaign.source`.
        names: only events of these names are touches; None: all.
    """

    kind: TouchKind = TouchKind.CHANNEL
    path: str = ""
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRules:
    """How paths are cut out of events.

    Attributes:
        lookback_s: touches longer ago have no part in a conversion, and after so long without
            one a path has ended.
        ended: range of the ends of paths, µs UTC, its end not included.
        filters: which events count at all; a range of time belongs into `ended`.
        value: path of the worth of a conversion; None: each is worth 1.
    """

    lookback_s: float = 30 * DAY_S
    ended: tuple[int | None, int | None] = (None, None)
    filters: Filters = EVERYTHING
    value: str | None = None

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            BadInput: the look back is not above 0 or longer than ten years.
        """
        if not 0 < self.lookback_s <= 3_660 * DAY_S:
            raise BadInput("lookback_s must be above 0 and at most ten years", where="lookback_s")


BY_CHANNEL = Touch()
DEFAULTS = PathRules()


def touch_paths(
    sequences: Sequences, conversion: What, touch: Touch = BY_CHANNEL, rules: PathRules = DEFAULTS
) -> TouchPaths:
    """Return everybody's paths.

    Args:
        sequences: whose events, with the properties that are read.
        conversion: what a path leads to; it is no touch itself.
        touch: what counts as one.
        rules: look back, range, value.

    Raises:
        BadInput: a name does not exist, or a property is not loaded.
    """
    flow = Flow.of(sequences, rules.filters)
    is_won = flow.events_of(conversion, "conversion")
    code, names = _touches(flow, touch)
    rows = np.flatnonzero(is_won | (code > 0))
    won, time = is_won[rows], flow.time[rows]
    lookback_us = int(rules.lookback_s * SECOND_US)
    is_new = np.append(True, np.diff(flow.place[rows]) != 0)[: len(rows)]
    is_new |= np.append(False, won[:-1] | (np.diff(time) > lookback_us))[: len(rows)]
    path = np.cumsum(is_new) - 1
    last = np.append(np.flatnonzero(is_new)[1:], len(rows)) - 1 if len(rows) else path
    end = time[last]
    counted = ~won & (end[path] - time <= lookback_us) if len(rows) else won
    is_open = ~won[last] & (end + lookback_us > flow.as_of_us)
    kept = np.flatnonzero(_within(end, rules.ended) & ~is_open)
    number = np.full(len(last), -1)
    number[kept] = np.arange(len(kept))
    chosen = counted & (number[path] >= 0) if len(rows) else counted
    lengths = np.bincount(number[path[chosen]], minlength=len(kept))
    worth = _worth(flow, rows[last[kept]], won[last[kept]], rules)
    return TouchPaths(
        touches=names,
        code=code[rows[chosen]] - 1,
        starts=np.concatenate([[0], np.cumsum(lengths)]),
        conversions=np.where(won[last[kept]], 1.0, 0.0),
        nulls=np.where(won[last[kept]], 0.0, 1.0),
        value=worth,
        before_s=(end[path[chosen]] - time[chosen]) / SECOND_US,
        person=flow.people[flow.place[rows[last[kept]]]],
        ended_us=end[kept],
        open=len(np.unique(flow.owner[flow.place[rows[last[is_open]]]])),
    )


def _touches(flow: Flow, touch: Touch) -> tuple[I64, tuple[str, ...]]:
    """Return the touch of each event (0: none), and names of touches by code from 1 on."""
    match touch.kind:
        case TouchKind.CHANNEL:
            found, names = flow.channel + 1, ("", *flow.sequences.channels)
        case TouchKind.EVENT:
            found, names = flow.code + 1, ("", *flow.sequences.names)
        case TouchKind.PROPERTY:
            if not touch.path:
                raise BadInput("a touch by property needs its path", where="touch.path")
            column = flow.property(touch.path, "touch.path")
            found, names = column.code, ("", *map(_worded, column.values[1:]))
    is_wanted: B = np.ones(len(flow), np.bool_)
    if touch.names is not None:
        known = flow.sequences.names
        unknown = set(touch.names) - set(known)
        if unknown:
            raise BadInput(f"no event is named {min(unknown)!r}", where="touch.names")
        is_wanted = np.isin(flow.code, [known.index(name) for name in touch.names])
    found = np.where(is_wanted, found, 0)
    named = np.array([name != "" for name in names])
    found = np.where(named[found], found, 0)
    seen, code = np.unique(np.append(0, found), return_inverse=True)
    return code[1:].astype(np.int64), tuple(names[place] for place in seen[1:].tolist())


def _worded(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _within(end: I64, ended: tuple[int | None, int | None]) -> B:
    found: B = np.ones(len(end), np.bool_)
    if ended[0] is not None:
        found &= end >= ended[0]
    if ended[1] is not None:
        found &= end < ended[1]
    return found


def _worth(flow: Flow, rows: I64, won: B, rules: PathRules) -> F64:
    worth = np.where(won, 1.0, 0.0)
    if rules.value is not None:
        told = flow.numbers(rules.value, "value")[rows]
        worth = np.where(won & (told > 0), told, 0.0)
    return worth
