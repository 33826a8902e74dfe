"""Splitting elapsed time: each stretch between two events belongs to whoever was waited for in it.

Who is waited for changes only with an event that has a party; until the first of them it is the
customer. So the parts add up to the elapsed time, to the microsecond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hamsafar.ledger.hours import OpenTime, always, open_time
from hamsafar.ledger.strands import CUSTOMER, KEEPS, Strands
from hamsafar.ledger.types import WorkingHours
from hamsafar.storage.types import I64

OPEN_LASTS_US = 30 * 86_400 * 1_000_000
"""Who was silent longer is not waited for any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches:
    """The time between each event and the next of its strand.

    Attributes:
        strand: i64[s].
        party: i64[s], who is waited for.
        cause: i64[s], the event that made it so, as a place in the strands' events.
        begin, end: i64[s], µs UTC.
        business: i64[s], µs of it within working hours of the cause.
    """

    strand: I64
    party: I64
    cause: I64
    begin: I64 = field(repr=False)
    end: I64 = field(repr=False)
    business: I64 = field(repr=False)

    @property
    def wall(self) -> I64:
        """Return i64[s], µs."""
        return self.end - self.begin


class Rota:
    """Whose working hours count for which event."""

    def __init__(
        self,
        hours: Sequence[WorkingHours],
        owners: Mapping[str, str],
        span: tuple[int, int],
    ) -> None:
        """Take sound working hours, the owner of each event, and first and last µs UTC."""
        self._hours = tuple(hours)
        self._owners = owners
        self._times: list[OpenTime] = [open_time(one, *span) for one in self._hours]
        self._times.append(always(*span))

    def of(self, name: str, channel: str) -> int:
        """Return which hours count; one more than there are: always open."""
        owner = self._owners.get(name, "")
        for place, one in enumerate(self._hours):
            if owner and owner in one.owners:
                return place
        for place, one in enumerate(self._hours):
            if channel in one.channels:
                return place
        for place, one in enumerate(self._hours):
            if not one.owners and not one.channels:
                return place
        return len(self._hours)

    def hours(self, place: int) -> WorkingHours | None:
        """Return the hours of a place; None: always open, nothing promised."""
        return self._hours[place] if place < len(self._hours) else None

    def places(self, strands: Strands) -> I64:
        """Return i64[m]: which hours count for each event."""
        width = len(strands.channels)
        pair = strands.name * width + strands.channel
        found, inverse = np.unique(pair, return_inverse=True)
        place = [
            self.of(strands.names[one // width], strands.channels[one % width])
            for one in found.tolist()
        ]
        return np.array(place, np.int64)[inverse] if len(pair) else pair

    def business(self, place: I64, begin: I64, end: I64) -> I64:
        """Return i64[n]: µs of each stretch within the hours of its place."""
        out = np.zeros(len(begin), np.int64)
        for number in np.unique(place).tolist():
            rows = place == number
            out[rows] = self._times[number].between(begin[rows], end[rows])
        return out


def causes_of(strands: Strands) -> I64:
    """Return i64[m]: for each event the newest one, itself included, that has a party.

    Before the first of a strand it is the strand's first event.
    """
    n = len(strands.time)
    own = np.where(strands.party != KEEPS, np.arange(n), -1)
    first = np.repeat(strands.starts[:-1], np.diff(strands.starts))
    return np.maximum(np.maximum.accumulate(own) if n else own, first)


def stretches_of(strands: Strands, rota: Rota) -> Stretches:
    """Return every stretch of every strand."""
    n = len(strands.time)
    strand = np.repeat(np.arange(len(strands)), np.diff(strands.starts))
    inside = np.ones(n, np.bool_)
    inside[strands.starts[1:] - 1] = False
    rows = np.flatnonzero(inside)
    cause = causes_of(strands)[rows]
    party = strands.party[cause]
    begin, end = strands.time[rows], strands.time[rows + 1] if len(rows) else strands.time[rows]
    places = rota.places(strands)
    return Stretches(
        strand=strand[rows],
        party=np.where(party == KEEPS, CUSTOMER, party),
        cause=cause,
        begin=begin,
        end=end,
        business=rota.business(places[cause], begin, end),
    )
