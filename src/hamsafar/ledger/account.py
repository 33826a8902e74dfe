"""The time ledger: `ledger(sequences)`, who waited for whom, and how fast things came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys import Crowd, Roles, Sequences, all_threads
from hamsafar.kernel.errors import BadInput
from hamsafar.ledger.speeds import OPEN, Asked, resolutions, responses, speed_of
from hamsafar.ledger.split import OPEN_LASTS_US, Rota, Stretches, causes_of, stretches_of
from hamsafar.ledger.strands import CUSTOMER, KEEPS, SECOND_US, Strands, strands_of
from hamsafar.ledger.types import (
    PARTIES,
    Dimension,
    Ledger,
    LedgerRow,
    LedgerWish,
    Share,
    Speed,
    WorkingHours,
)
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

MAX_ROWS = 100
WHOLE = LedgerWish()
Mask = NDArray[np.bool_]


def ledger(
    sequences: Sequences,
    wish: LedgerWish = WHOLE,
    *,
    hours: Sequence[WorkingHours] = (),
    roles: Roles | None = None,
    as_of_us: int | None = None,
    compute: Compute | None = None,
) -> Ledger:
    """Split elapsed time by who was waited for.

    Args:
        sequences: whose events; with the properties that name matters, if matters are wished for.
        wish: which events, and what makes a strand.
        hours: sound working hours (`hours.checked`).
        roles: what events are; None: as their names say.
        as_of_us: now, µs UTC; None: the newest event.
        compute: where work runs; None: a thread for each processor.

    Raises:
        BadInput: a filter is wrong.
    """
    return Account.of(
        sequences, wish, hours=hours, roles=roles, as_of_us=as_of_us, compute=compute
    ).ledger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The ledger before it is summed up: what figures and lists of people are read from."""

    strands: Strands
    stretches: Stretches = field(repr=False)
    response: Asked = field(repr=False)
    resolution: Asked = field(repr=False)
    owners: tuple[str, ...] = field(repr=False)
    as_of_us: int

    @classmethod
    def of(
        cls,
        sequences: Sequences,
        wish: LedgerWish = WHOLE,
        *,
        hours: Sequence[WorkingHours] = (),
        roles: Roles | None = None,
        as_of_us: int | None = None,
        compute: Compute | None = None,
    ) -> Account:
        """Split; arguments and errors as of `ledger`."""
        known = Roles.of(sequences.names) if roles is None else roles
        strands = strands_of(sequences, wish, known, compute or all_threads())
        newest = int(strands.time.max(initial=0))
        now = newest if as_of_us is None else as_of_us
        oldest = int(strands.time.min(initial=newest))
        rota = Rota(hours, wish.owners, (oldest, max(now, newest)))
        return cls(
            strands=strands,
            stretches=stretches_of(strands, rota),
            response=responses(strands, rota, now),
            resolution=resolutions(strands, rota, now),
            owners=tuple(wish.owners.get(name, "") for name in strands.names),
            as_of_us=now,
        )

    def ledger(self) -> Ledger:
        """Return the figures."""
        strands = self.strands
        elapsed = strands.time[strands.starts[1:] - 1] - strands.time[strands.starts[:-1]]
        everything = np.ones(len(self.stretches.party), np.bool_)
        return Ledger(
            people=len(np.unique(strands.person)),
            strands=len(strands),
            elapsed_s=int(elapsed.sum()) / SECOND_US,
            median_s=float(np.median(elapsed)) / SECOND_US if len(elapsed) else None,
            shares=self._shares(everything, "all"),
            waiting=int(self._waiting().sum()),
            rows=tuple(row for dimension in Dimension for row in self._rows(dimension)),
            response=speed_of(self.response, "response:all"),
            resolution=speed_of(self.resolution, "resolution:all"),
            as_of_us=self.as_of_us,
        )

    def crowd(self, cell: str) -> Crowd:
        """Return the people behind a number.

        Args:
            cell: of a share or a speed; `waiting`, or `everyone`.

        Raises:
            BadInput: there is no such number.
        """
        strand, at, took = self._rows_of(cell)
        person = self.strands.person[strand].astype(np.int64)
        order = np.lexsort((at, person))
        person, at, took = person[order], at[order], took[order]
        first = np.flatnonzero(np.diff(person, prepend=-1))
        counts = np.diff(np.append(first, len(person)))
        last_at = at[first + counts - 1] if len(first) else first
        return Crowd(person=person[first], counts=counts, last_at=last_at, took=took)

    def _rows_of(self, cell: str) -> tuple[I64, I64, I64]:
        """Return strand, moment and µs of each time a number counts."""
        strands, asked = self.strands, cell.removesuffix(":open")
        if cell in {"waiting", "everyone"}:
            chosen = self._waiting() if cell == "waiting" else np.ones(len(strands), np.bool_)
            ends = strands.time[strands.starts[1:] - 1]
            took = ends - strands.time[strands.starts[:-1]]
            return np.flatnonzero(chosen), ends[chosen], took[chosen]
        kind, _, rest = asked.partition(":")
        for name, found in (("response", self.response), ("resolution", self.resolution)):
            if kind == name:
                rows = self._of(rest, found.cause)
                if cell != asked:
                    rows &= found.state == OPEN
                return found.strand[rows], found.end[rows], found.wall[rows]
        place, _, party = cell.rpartition(":")
        if party not in tuple(PARTIES):
            raise BadInput(f"{cell!r} is no number of the ledger", where="cell")
        own = self.stretches
        rows = self._of(place, own.cause) & (own.party == PARTIES.index(party))
        return own.strand[rows], own.end[rows], own.wall[rows]

    def _of(self, place: str, cause: I64) -> Mask:
        """Return which rows lie in a place: `all`, or `channel:call`.

        Raises:
            BadInput: there is no such place.
        """
        if place == "all":
            return np.ones(len(cause), np.bool_)
        dimension, _, key = place.partition(":")
        if dimension not in tuple(Dimension):
            raise BadInput(f"{place!r} is no part of the ledger", where="cell")
        words, codes = self._codes(Dimension(dimension))
        wanted = np.array([word == key for word in words], np.bool_)
        return wanted[codes[cause]] if len(words) else np.zeros(len(cause), np.bool_)

    def _codes(self, dimension: Dimension) -> tuple[tuple[str, ...], I64]:
        """Return the words of a dimension, and which one each event has."""
        match dimension:
            case Dimension.TOUCHPOINT:
                return self.strands.names, self.strands.name
            case Dimension.CHANNEL:
                return self.strands.channels, self.strands.channel
            case Dimension.OWNER:
                return self.owners, self.strands.name

    def _rows(self, dimension: Dimension) -> Iterator[LedgerRow]:
        """Yield the rows of a dimension in which anybody but the customer was waited for."""
        words, codes = self._codes(dimension)
        own = self.stretches
        waited = np.where(own.party == CUSTOMER, 0, own.wall)
        sums: dict[str, int] = {}
        for code in np.unique(codes).tolist():
            total = int(waited[codes[own.cause] == code].sum())
            asked = int((codes[self.response.cause] == code).sum())
            if total or asked:
                sums[words[code]] = sums.get(words[code], 0) + total
        for key in sorted(sums, key=lambda one: (-sums[one], one))[:MAX_ROWS]:
            place = f"{dimension}:{key}"
            rows = self._of(place, own.cause)
            held = rows & (own.party != CUSTOMER)
            yield LedgerRow(
                dimension=dimension,
                key=key,
                strands=len(np.unique(own.strand[held])),
                shares=self._shares(rows, place),
                response=self._speed(self.response, place, "response"),
                resolution=self._speed(self.resolution, place, "resolution"),
            )

    def _speed(self, asked: Asked, place: str, kind: str) -> Speed | None:
        return speed_of(asked.only(self._of(place, asked.cause)), f"{kind}:{place}")

    def _shares(self, rows: Mask, place: str) -> tuple[Share, ...]:
        own = self.stretches
        wall, business = own.wall, own.business

        def seconds(values: I64, number: int) -> float:
            return int(values[rows & (own.party == number)].sum()) / SECOND_US

        return tuple(
            Share(
                party=party,
                wall_s=seconds(wall, number),
                business_s=seconds(business, number),
                cell=f"{place}:{party}",
            )
            for number, party in enumerate(PARTIES)
        )

    def _waiting(self) -> Mask:
        """Return which strands wait for somebody else than the customer now."""
        last = causes_of(self.strands)[self.strands.starts[1:] - 1]
        party = self.strands.party[last]
        newest = self.strands.time[self.strands.starts[1:] - 1]
        is_recent = self.as_of_us - newest <= OPEN_LASTS_US
        found: Mask = is_recent & (party != KEEPS) & (party != CUSTOMER)
        return found
