"""The difference of two groups of people who are alike within strata.

Each stratum's difference weighs as many as it has of the first group, so the answer is of them.

Source: Miettinen, "Standardization of risk ratios", American Journal of Epidemiology 96 (1972).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from hamsafar.impact.flow import F64, B
from hamsafar.impact.paths import summed
from hamsafar.journeys import Z_95, Interval
from hamsafar.storage.types import I64

Group = tuple[F64, I64]
"""A number for each person, and the stratum each is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """What the first group shows, what those alike show, and the difference.

    Attributes:
        people: how many of the first group have somebody alike; `alike` how many those are.
        value, expected: means; NaN where nobody is alike.
        difference: with its 95 % interval; no bounds where too few are there to tell.
        p: two-sided.
        kept: bool of each group: who is counted, because somebody is alike.
    """

    people: int
    alike: int
    value: float
    expected: float
    difference: Interval
    p: float
    kept: tuple[B, B] = field(repr=False)


def contrast(one: Group, other: Group) -> Contrast:
    """Return the difference of two groups."""
    size = int(max(one[1].max(initial=-1), other[1].max(initial=-1))) + 1
    m, sums, squares = _moments(one, size)
    n, other_sums, other_squares = _moments(other, size)
    told = (m > 0) & (n > 0)
    kept: tuple[B, B] = (told[one[1]], told[other[1]])
    people, alike = int(m[told].sum()), int(n[told].sum())
    if not people:
        nothing = float("nan")
        nowhere = Interval(nothing, nothing, nothing)
        return Contrast(
            people=0,
            alike=0,
            value=nothing,
            expected=nothing,
            difference=nowhere,
            p=1.0,
            kept=kept,
        )
    m, n = m[told], n[told]
    mean, other_mean = sums[told] / m, other_sums[told] / n
    value = float((m * mean).sum() / people)
    expected = float((m * other_mean).sum() / people)
    variance = float((m * _spread(squares[told] - m * mean**2, m)).sum())
    variance += float((m**2 / n * _spread(other_squares[told] - n * other_mean**2, n)).sum())
    half = Z_95 * math.sqrt(variance) / people
    difference = value - expected
    p = 1.0 if half == 0 else math.erfc(abs(difference) / (half / Z_95) / math.sqrt(2))
    return Contrast(
        people=people,
        alike=alike,
        value=value,
        expected=expected,
        difference=Interval(difference, difference - half, difference + half),
        p=p,
        kept=kept,
    )


def _moments(group: Group, size: int) -> tuple[F64, F64, F64]:
    values, stratum = group
    return (
        summed(stratum, np.ones(len(values)), size),
        summed(stratum, values, size),
        summed(stratum, values**2, size),
    )


def _spread(squares: F64, counts: F64) -> F64:
    """Return the variance within each stratum; of those with one, what the others show on average."""
    many = counts > 1
    pooled = max(0.0, float(squares[many].sum())) / max(1.0, float((counts[many] - 1).sum()))
    own = np.maximum(squares, 0.0) / np.maximum(counts - 1, 1.0)
    # Small strata borrow from all: their own variance may be 0 by chance.
    weight = (counts - 1) / (counts + 9)
    found: F64 = weight * own + (1 - weight) * pooled
    return found
