"""What `taint` answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from hamsafar.impact.crowds import crowd_of
from hamsafar.impact.flow import F64, Flow
from hamsafar.journeys import Crowd, to_arrow, to_pandas
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

WHO = ("affected", "alike")
DID = ("all", "yes", "no")

COLUMNS = (
    "side",
    "from_s",
    "to_s",
    "people",
    "alike",
    "value",
    "expected",
    "difference",
    "low",
    "high",
    "p",
    "q",
    "is_significant",
)


class Side(StrEnum):
    """On which side of the moment an interval lies."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaintPoint:
    """One interval of time before or after the moment.

    Attributes:
        side, from_s, to_s: the interval, in seconds away from the moment.
        people: people with a bad moment for whom it is known; `alike` how many are beside them.
        value: share of them who came in the interval, or the mean of their ratings; NaN without.
        expected: the same of those alike.
        difference, low, high: value minus expected with its 95 % interval.
        p, q: two-sided; q over all intervals.
        is_significant: q is below the level asked for.
        rows, values: of both groups: the moments, and what came of each.
    """

    side: Side
    from_s: float
    to_s: float
    people: int
    alike: int
    value: float
    expected: float
    difference: float
    low: float
    high: float
    p: float
    q: float
    is_significant: bool
    rows: tuple[I64, I64] = field(repr=False)
    values: tuple[F64, F64] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taint:
    """How bad moments colour what lies before and after; observational.

    Attributes:
        points: from the longest before to the longest after.
        is_rating: values are means of ratings, not shares of people.
        people: people with a bad moment who have somebody alike; `alike` how many those are.
        unmatched: people with a bad moment who have nobody alike; left out.
    """

    points: tuple[TaintPoint, ...]
    is_rating: bool
    people: int
    alike: int
    unmatched: int
    level: float
    flow: Flow = field(repr=False)

    def side(self, side: Side | str) -> tuple[TaintPoint, ...]:
        """Return the intervals of one side, the nearest first."""
        found = tuple(point for point in self.points if point.side == side)
        return found if side == Side.AFTER else found[::-1]

    def crowd(self, place: int, who: str, did: str = "all") -> Crowd:
        """Return the people behind an interval.

        Args:
            place: of the interval in `points`.
            who: `affected` by the bad moment, or `alike`.
            did: `yes` those who came in it, `no` those who did not; `all`. Of ratings only `all`.

        Raises:
            BadInput: there is no such group.
            NotFound: there is no such interval.
        """
        if not 0 <= place < len(self.points):
            raise NotFound("there is no such interval", where="cell")
        if who not in WHO or did not in DID or (self.is_rating and did != "all"):
            raise BadInput("this is no group of an interval", where="cell")
        point = self.points[place]
        rows, values = point.rows[WHO.index(who)], point.values[WHO.index(who)]
        if did != "all":
            rows = rows[(values > 0) == (did == "yes")]
        return crowd_of(self.flow, rows)

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with a row per interval, columns `COLUMNS`.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._table())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._table())

    def _table(self) -> Iterator[tuple[object, ...]]:
        return (tuple(getattr(point, name) for name in COLUMNS) for point in self.points)

    def _repr_html_(self) -> str:
        """Return a table of intervals, for notebooks."""
        body = "".join(
            f"<tr><th>{point.side} {point.from_s / 86_400:g} … {point.to_s / 86_400:g} d</th>"
            f"<td>{point.people:,}</td><td>{point.value:.3f}</td><td>{point.expected:.3f}</td>"
            f"<td>{point.difference:+.3f} ({point.low:+.3f} … {point.high:+.3f})</td></tr>"
            for point in self.points
        )
        head = "<tr><th></th><th>people</th><th>value</th><th>alike</th><th>difference</th></tr>"
        said = f"{self.people:,} people with a bad moment, {self.alike:,} alike; observational"
        return f"<table><caption>{said}</caption>{head}{body}</table>"
