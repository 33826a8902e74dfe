"""Effects in outcomes: how many more or fewer there were than among moments alike, how surely.

The effect is what came of the exposed, minus what came of those alike, table by table. Its
variance takes each person as one draw, since their attempts, and the same attempt at several
moments, repeat each other.

Source: Liang, Zeger, Biometrika 73 (1986) (robust variance by cluster).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamsafar.impact.flow import F64
from hamsafar.impact.matching import Matched, Moments, Pool
from hamsafar.impact.paths import summed
from hamsafar.journeys import Z_95, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The sum over exposed attempts of what came, minus what was expected.

    Attributes:
        matched: how many exposed attempts had somebody alike.
        reached: sum of their outcomes.
        expected: sum of what is expected of them.
        sum: the difference with its 95 % interval.
        variance: of the sum.
        design_effect: of attempts of one person, at least 1.
    """

    matched: int
    reached: float
    expected: float
    sum: Interval
    variance: float
    design_effect: float


def effect_of(moments: Moments, found: Matched, pool: Pool) -> Effect:
    """Return the effect of an exposure.

    Args:
        moments: of all attempts.
        found: the exposure against moments alike.
        pool: what it was compared with.
    """
    reached = float(found.hit.sum())
    expected = float((found.exposed * found.share).sum())
    each = _influence(moments, found, pool)
    people = summed(moments.person, each, int(moments.person.max(initial=-1)) + 1)
    variance = float((people**2).sum())
    independent = float((each**2).sum())
    repeats = len(np.unique(moments.person)) < len(moments.person)
    difference = reached - expected
    half = Z_95 * float(np.sqrt(variance))
    return Effect(
        matched=len(found.first),
        reached=reached,
        expected=expected,
        sum=Interval(difference, difference - half, difference + half),
        variance=variance,
        design_effect=max(1.0, variance / independent) if repeats and independent > 0 else 1.0,
    )


def _influence(moments: Moments, found: Matched, pool: Pool) -> F64:
    """Return f64[a]: what each attempt adds to the effect beyond what is expected of it."""
    share = found.share
    weight = np.where(found.others > 0, found.exposed / np.maximum(found.others, 1.0), 0.0)
    size = len(moments.outcome)
    chosen = np.flatnonzero(pool.mask)
    stratum, who = moments.stratum[chosen], moments.attempt[chosen]
    heavy = summed(who, weight[stratum], size)
    level = summed(who, (weight * share)[stratum], size)
    lost, gone = moments.stratum[found.gone], moments.attempt[found.gone]
    heavy -= summed(gone, weight[lost], size)
    level -= summed(gone, (weight * share)[lost], size)
    each = level - heavy * moments.outcome
    exposed = moments.attempt[found.first]
    each[exposed] += moments.outcome[exposed] - share[moments.stratum[found.first]]
    return each
