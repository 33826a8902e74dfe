"""What `drivers` answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from hamsafar.impact.candidates import Ground
from hamsafar.impact.crowds import crowd_of
from hamsafar.impact.types import Nature, Outcome, Rates, Source
from hamsafar.journeys import CellPeople, Crowd, Figure, to_arrow, to_pandas
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SIDES = ("exposed", "reached", "missed")
EVERYBODY = "attempts"
"""The key of all attempts, exposed or not."""

COLUMNS = (
    "key",
    "attempts",
    "people",
    "share",
    "expected",
    "odds_ratio",
    "low",
    "high",
    "p",
    "q",
    "is_significant",
    "nature",
    "effect",
    "effect_low",
    "effect_high",
    "per_month",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One candidate against attempts alike; what was observed, not proof of a cause.

    Attributes:
        key: names it to `Drivers.people`.
        source, name, value: what it is.
        attempts: attempts exposed before their outcome, compared with moments alike.
        people: whose attempts these are.
        unmatched: exposed attempts left out, because nobody was alike.
        compared: moments alike of attempts not exposed until then.
        share: how many of the exposed attempts reached the outcome; of a rating their mean.
        expected: the same of those alike.
        odds_ratio, low, high: common odds ratio with its 95 % interval; None for a rating, and
            where the data set no bound.
        p, q: two-sided; q is the false-discovery rate over all candidates tested.
        is_significant: q is below the level asked for.
        is_exact: no approximation was needed; `is_corrected`: a cell was empty, so the odds
            ratio (not its interval) has a half added to each.
        nature: whether it can be a cause at all, or is a step to the outcome or a place.
        design_effect: by how much attempts of one person repeat each other; intervals are wider
            by its root.
        effect: outcomes more (below 0: fewer) than expected among these attempts; of a rating
            the difference of means. With its 95 % interval.
        per_month, per_month_low, per_month_high: the effect in 30.4 days; None for a rating.
    """

    key: str
    source: Source
    name: str
    value: object
    attempts: int
    people: int
    unmatched: int
    compared: int
    reached: int
    share: float
    expected: float
    odds_ratio: float | None
    low: float | None
    high: float | None
    p: float
    q: float
    is_significant: bool
    is_exact: bool
    is_corrected: bool
    nature: Nature
    design_effect: float
    effect: float
    effect_low: float
    effect_high: float
    per_month: float | None
    per_month_low: float | None
    per_month_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers:
    """What moves an outcome. Observational: people were not assigned to what happened to them.

    Attributes:
        outcome: the question.
        rows: significant first, causes before steps and places, then by size of the effect.
        attempts: attempts whose time is known; `people` whose.
        reached: how many reached the outcome.
        mean: of ratings; None else.
        open: attempts left out because their time still runs.
        unrated: of ratings: attempts without one, left out.
        tested, untested: candidates with enough people, and without.
        is_skewed: more than ten times as many attempts ended one way as the other.
        span_s: from the first entry to the last.
        level: q below which a row is significant.
    """

    outcome: Outcome
    rows: tuple[Driver, ...]
    attempts: int
    people: int
    reached: Figure
    mean: float | None
    open: int
    unrated: int
    tested: int
    untested: int
    is_skewed: bool
    span_s: float
    level: float
    ground: Ground = field(repr=False)
    exposed: dict[str, I64] = field(repr=False)

    @property
    def harmful(self) -> tuple[Driver, ...]:
        """Return the significant rows that make the outcome worse, the largest effect first."""
        sign = -1 if self.outcome.is_good else 1
        return tuple(r for r in self.rows if r.is_significant and sign * r.effect > 0)

    @property
    def helpful(self) -> tuple[Driver, ...]:
        """Return the significant rows that make the outcome better, the largest effect first."""
        sign = 1 if self.outcome.is_good else -1
        return tuple(r for r in self.rows if r.is_significant and sign * r.effect > 0)

    def row(self, key: str) -> Driver:
        """Return one candidate.

        Raises:
            NotFound: it was not tested.
        """
        for row in self.rows:
            if row.key == key:
                return row
        raise NotFound(f"no candidate {key!r} was tested", where="key")

    def people_of(self, key: str, side: str = "exposed") -> CellPeople:
        """Return the people behind a number.

        Args:
            key: of a row, or `EVERYBODY`.
            side: `exposed` (all), `reached` or `missed`; of a rating all are `reached`.

        Raises:
            BadInput: there is no such side.
            NotFound: the candidate was not tested.
        """
        return self.crowd(key, side).page(0, None)

    def crowd(self, key: str, side: str = "exposed") -> Crowd:
        """Return the people behind a number, page by page; arguments as of `people_of`."""
        if side not in SIDES:
            raise BadInput(f"side is one of {', '.join(SIDES)}, not {side!r}", where="side")
        moments = self.ground.moments
        if key == EVERYBODY:
            chosen = moments.starts[:-1]
        elif key in self.exposed:
            chosen = self.exposed[key]
        else:
            raise NotFound(f"no candidate {key!r} was tested", where="key")
        if side != "exposed":
            reached = self.ground.attempts.reached[moments.attempt[chosen]]
            chosen = chosen[reached if side == "reached" else ~reached]
        return crowd_of(self.ground.flow, moments.row[chosen])

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with a row per candidate, columns `COLUMNS`.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._table())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._table())

    def _table(self) -> Iterator[tuple[object, ...]]:
        return (tuple(getattr(row, name) for name in COLUMNS) for row in self.rows)

    def _repr_html_(self) -> str:
        """Return the significant rows as a table, for notebooks."""
        is_rating = isinstance(self.outcome, Rates)
        head = "effect" if is_rating else "effect a month"
        body = "".join(
            f"<tr><th>{escape(row.key)}</th><td>{row.people:,}</td>"
            f"<td>{row.share:.2f} (alike {row.expected:.2f})</td>"
            f"<td>{_interval(row.odds_ratio, row.low, row.high)}</td>"
            f"<td>{row.effect if row.per_month is None else row.per_month:+,.1f}</td></tr>"
            for row in self.rows
            if row.is_significant
        )
        said = f"{self.attempts:,} attempts of {self.people:,} people; observational"
        heads = f"<tr><th></th><th>people</th><th>share</th><th>odds ratio</th><th>{head}</th></tr>"
        return f"<table><caption>{said}</caption>{heads}{body}</table>"


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return ""
    ends = ("0" if low is None else f"{low:.2f}", "∞" if high is None else f"{high:.2f}")
    return f"{value:.2f} ({ends[0]} … {ends[1]})"


def span_s(times: I64) -> float:
    """Return the seconds from the first to the last moment, at least a day."""
    if not len(times):
        return 86_400.0
    return max(86_400.0, float(np.ptp(times)) / 1e6)
