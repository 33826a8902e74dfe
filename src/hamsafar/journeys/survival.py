"""The Kaplan-Meier estimate: which share still stands after a time, when not all were watched long.

    S(t) = Π over times s ≤ t of (1 - d_s / n_s)         n_s still watched, d_s failing at s

Intervals are Greenwood's, on the log(-log) scale, so they stay between 0 and 1.
Sources: Kaplan & Meier, JASA 53 (1958) 457; Greenwood (1926); Kalbfleisch & Prentice, *The
Statistical Analysis of Failure Time Data*, 2nd ed., §1.4.

Example:
    >>> curve = kaplan_meier([1.0, 2.0, 2.0, 3.0], [True, True, False, False])
    >>> [(step.time, round(step.share, 4)) for step in curve.steps]
    [(1.0, 0.75), (2.0, 0.5)]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class CurveStep:
    """The curve from a time on.

    Attributes:
        time: in the unit of the input.
        share: that still stands; `low` and `high` its 95 % interval.
        at_risk: how many were still watched just before.
    """

    time: float
    share: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A Kaplan-Meier curve.

    Attributes:
        steps: where it falls, rising in time.
        size: how many were watched at all.
        longest: how long the longest was watched; beyond, nothing is known.
    """

    steps: tuple[CurveStep, ...]
    size: int
    longest: float

    def at(self, time: float, *, at_risk: int) -> CurveStep | None:
        """Return the curve at a time; None beyond the longest watch.

        Args:
            time: when.
            at_risk: how many were watched that long.
        """
        if not self.size or (time > self.longest and not self._is_empty):
            return None
        last = CurveStep(0.0, 1.0, 1.0, 1.0, self.size)
        for step in self.steps:
            if step.time > time:
                break
            last = step
        return CurveStep(time, last.share, last.low, last.high, at_risk)

    @property
    def _is_empty(self) -> bool:
        return bool(self.steps) and self.steps[-1].share == 0.0


def kaplan_meier(times: ArrayLike, failed: ArrayLike) -> Curve:
    """Return the curve of these watches.

    Args:
        times: n times ≥ 0: of the failure, or how long it was watched without one.
        failed: n, whether it failed; who failed and who left at one time: failures come first.
    """
    watched = np.asarray(times, np.float64)
    is_failure = np.asarray(failed, np.bool_)
    moments, deaths = np.unique(watched[is_failure], return_counts=True)
    ordered = np.sort(watched)
    share, greenwood = 1.0, 0.0
    steps: list[CurveStep] = []
    for moment, fell in zip(moments.tolist(), deaths.tolist(), strict=True):
        at_risk = len(ordered) - int(np.searchsorted(ordered, moment, side="left"))
        share *= 1 - fell / at_risk
        if fell < at_risk:
            greenwood += fell / (at_risk * (at_risk - fell))
        low, high = interval(share, greenwood)
        steps.append(CurveStep(moment, share, low, high, at_risk))
    longest = float(ordered[-1]) if len(ordered) else 0.0
    return Curve(steps=tuple(steps), size=len(ordered), longest=longest)


def interval(share: float, greenwood: float) -> tuple[float, float]:
    """Return the 95 % interval of a share from Greenwood's sum, on the log(-log) scale."""
    if share <= 0.0 or share >= 1.0:
        return share, share
    spread = _Z * math.sqrt(greenwood) / math.log(share)
    centre = math.log(-math.log(share))
    edges: Sequence[float] = sorted(math.exp(-math.exp(centre + sign * spread)) for sign in (-1, 1))
    return edges[0], edges[1]
