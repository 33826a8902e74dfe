"""The common odds ratio of many 2 × 2 tables, exactly: conditional on all their margins.

Given the margins, the count of exposed who reached the outcome is in each table noncentral
hypergeometric; its sum over the tables has the product of their generating polynomials. So the
p-value and the interval need no approximation, however small the tables are. Above
`EXACT_LIMIT` terms the Mantel-Haenszel estimate with the variance of Robins, Breslow and Greenland
takes over, which then has long become the same.

Example:
    >>> tables = Tables.of([[8, 2]], [[3, 7]])
    >>> odds = common_odds(tables)
    >>> round(odds.value, 3), round(odds.low, 3), round(odds.high, 2), round(odds.p, 4)
    (8.153, 0.882, 127.06, 0.0698)

Source: Gart, "Point and interval estimation of the common odds ratio", Biometrika 57 (1970);
Mehta, Patel, Gray, "Computing an exact confidence interval for the common odds ratio", JASA 80
(1985); Robins, Breslow, Greenland, Biometrics 42 (1986).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from hamsafar.impact.flow import F64
from hamsafar.journeys import Z_95
from hamsafar.storage.types import I64

EXACT_LIMIT = 4_000
"""Terms of the polynomial up to which it is multiplied out."""

_HALF_ALPHA = 0.025
_FARTHEST = 60.0
"""Odds ratios are sought within e^±60."""
_STEPS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """k tables, aligned.

    Attributes:
        hit: i64[k], exposed who reached the outcome.
        exposed: i64[k], all exposed.
        other_hit: i64[k], comparable ones who reached it.
        others: i64[k], all comparable ones.
    """

    hit: I64
    exposed: I64
    other_hit: I64
    others: I64

    @classmethod
    def of(cls, exposed: ArrayLike, others: ArrayLike) -> Self:
        """Return tables from rows (reached, missed) of each."""
        one, two = np.asarray(exposed, np.int64), np.asarray(others, np.int64)
        return cls(
            hit=one[:, 0], exposed=one.sum(axis=1), other_hit=two[:, 0], others=two.sum(axis=1)
        )

    def informative(self) -> Self:
        """Return the tables that say something about the odds ratio."""
        hits = self.hit + self.other_hit
        rows = (self.exposed > 0) & (self.others > 0)
        rows &= (hits > 0) & (hits < self.exposed + self.others)
        return type(self)(
            hit=self.hit[rows],
            exposed=self.exposed[rows],
            other_hit=self.other_hit[rows],
            others=self.others[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """A common odds ratio.

    Attributes:
        value: the estimate; conditional maximum likelihood, or Mantel-Haenszel when not exact.
        low, high: 95 % interval; `high` is infinite where the data set no bound.
        p: two-sided, twice the smaller tail.
        is_exact: whether no approximation was needed.
        is_corrected: the estimate would be 0 or infinite, so a half was added to every cell.
    """

    value: float
    low: float
    high: float
    p: float
    is_exact: bool
    is_corrected: bool

    def widened(self, design_effect: float) -> Odds:
        """Return it as if there were so many times fewer independent observations.

        Source: Kish, "Survey Sampling" (1965), chapter 8.
        """
        if design_effect <= 1:
            return self
        # Loaded when first needed: scipy takes long to import.
        from scipy.special import ndtri  # noqa: PLC0415

        more = math.sqrt(design_effect)
        z = -float(ndtri(max(self.p / 2, 1e-300))) / more
        middle = math.log(self.value)
        low = 0.0 if self.low == 0 else math.exp(middle + (math.log(self.low) - middle) * more)
        high = (
            math.inf
            if math.isinf(self.high)
            else math.exp(min(middle + (math.log(self.high) - middle) * more, _FARTHEST))
        )
        p = math.erfc(max(z, 0.0) / math.sqrt(2))
        return Odds(
            value=self.value,
            low=low,
            high=high,
            p=min(1.0, p),
            is_exact=False,
            is_corrected=self.is_corrected,
        )


def common_odds(tables: Tables) -> Odds:
    """Return the odds ratio common to all tables; 1, without bounds, when none says anything."""
    told = tables.informative()
    if not len(told.hit):
        return Odds(value=1.0, low=0.0, high=math.inf, p=1.0, is_exact=True, is_corrected=False)
    hits = told.hit + told.other_hit
    lows = np.maximum(0, hits - told.others)
    terms = int((np.minimum(told.exposed, hits) - lows).sum())
    return _by_polynomial(told) if terms <= EXACT_LIMIT else _by_mantel_haenszel(told)


def haldane(tables: Tables) -> float:
    """Return an odds ratio that is never 0 or infinite: a half added to each summed cell.

    Comparable ones weigh as many as the exposed of their table.

    Source: Haldane, Annals of Human Genetics 20 (1956); Anscombe, Biometrika 43 (1956).
    """
    told = tables.informative()
    weight = told.exposed / told.others
    hit, missed = told.hit.sum(), (told.exposed - told.hit).sum()
    other_hit = float((weight * told.other_hit).sum())
    other_missed = float((weight * (told.others - told.other_hit)).sum())
    return float((hit + 0.5) * (other_missed + 0.5) / ((missed + 0.5) * (other_hit + 0.5)))


def _by_polynomial(told: Tables) -> Odds:
    least, logs = _coefficients(told)
    found = int(told.hit.sum())
    places = least + np.arange(len(logs))
    top = int(places[-1])

    def tail(log_odds: float, *, upper: bool) -> float:
        weight = logs + places * log_odds
        weight = np.exp(weight - weight.max())
        part = weight[found - least :] if upper else weight[: found - least + 1]
        return float(part.sum() / weight.sum())

    def excess(log_odds: float) -> float:
        weight = logs + places * log_odds
        weight = np.exp(weight - weight.max())
        return float((weight * places).sum() / weight.sum()) - found

    is_edge = found in {least, top}
    return Odds(
        value=haldane(told) if is_edge else math.exp(_root(excess)),
        low=0.0 if found == least else math.exp(_root(lambda b: tail(b, upper=True) - _HALF_ALPHA)),
        high=math.inf
        if found == top
        else math.exp(_root(lambda b: _HALF_ALPHA - tail(b, upper=False))),
        p=min(1.0, 2 * min(tail(0.0, upper=True), tail(0.0, upper=False))),
        is_exact=True,
        is_corrected=is_edge,
    )


def _coefficients(told: Tables) -> tuple[int, F64]:
    """Return the least possible count, and the logarithms of the product's coefficients."""
    from scipy.special import gammaln  # noqa: PLC0415 - loaded when first needed

    hits = told.hit + told.other_hit
    lows = np.maximum(0, hits - told.others)
    highs = np.minimum(told.exposed, hits)
    parts: list[F64] = []
    shift = 0.0
    for k in range(len(hits)):
        j = np.arange(lows[k], highs[k] + 1)
        m, n, s = told.exposed[k], told.others[k], hits[k]
        logs = -gammaln(j + 1) - gammaln(m - j + 1) - gammaln(s - j + 1) - gammaln(n - s + j + 1)
        shift += float(logs.max())
        parts.append(np.exp(logs - logs.max()))
    # Short ones first, pairs of like length: far fewer multiplications than one after the other.
    while len(parts) > 1:
        parts.sort(key=len)
        parts = [
            _product(parts[i], parts[i + 1]) if i + 1 < len(parts) else parts[i]
            for i in range(0, len(parts), 2)
        ]
    with np.errstate(divide="ignore"):
        return int(lows.sum()), np.log(parts[0])


def _product(one: F64, other: F64) -> F64:
    found: F64 = np.convolve(one, other)
    scaled: F64 = found / found.max()
    return scaled


def _root(rising: object) -> float:
    """Return where a rising function crosses 0, by bisection."""
    if not callable(rising):
        raise TypeError("a function is needed")
    low, high = -_FARTHEST, _FARTHEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _by_mantel_haenszel(told: Tables) -> Odds:
    a, b = told.hit.astype(np.float64), (told.exposed - told.hit).astype(np.float64)
    c, d = told.other_hit.astype(np.float64), (told.others - told.other_hit).astype(np.float64)
    n = a + b + c + d
    up, down = a * d / n, b * c / n
    is_edge = not (up.sum() > 0 and down.sum() > 0)
    value = haldane(told) if is_edge else float(up.sum() / down.sum())
    one, other = (a + d) / n, (b + c) / n
    r, s = max(float(up.sum()), 0.5), max(float(down.sum()), 0.5)
    spread = (one * up).sum() / (2 * r * r)
    spread += (one * down + other * up).sum() / (2 * r * s)
    spread += (other * down).sum() / (2 * s * s)
    half = Z_95 * math.sqrt(float(spread))
    expected = (a + b) * (a + c) / n
    variance = ((a + b) * (c + d) * (a + c) * (b + d) / (n * n * np.maximum(n - 1, 1))).sum()
    z = abs(float((a - expected).sum())) / math.sqrt(float(variance))
    return Odds(
        value=value,
        low=value * math.exp(-half),
        high=value * math.exp(half),
        p=math.erfc(z / math.sqrt(2)),
        is_exact=False,
        is_corrected=is_edge,
    )
