"""Drift: whether real journeys fit a map worse than they used to, beyond chance.

The fitness of attempts is kept by the day they ended. The last `RECENT_DAYS` are compared with the
`USUAL_DAYS` before them by Welch's test; a fall counts when it is larger than `LEAST_FALL` and would
come by chance less than once in a thousand.

Source: B. L. Welch, The generalization of Student's problem, Biometrika 34 (1947); with the hundreds
of attempts asked for here the normal distribution stands for Student's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

RECENT_DAYS = 7
USUAL_DAYS = 28
LEAST_RECENT = 30
LEAST_USUAL = 100
LEAST_FALL = 0.02
BY_CHANCE = 0.001
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftDay:
    """How the attempts that ended on one day fit.

    Attributes:
        day: days since 1970, UTC.
        version: of the map.
        attempts: that ended.
        fitness_ppm: their fitness, summed, in millionths.
        squares_ppm: the squares of it, summed, in millionths.
        fitting: attempts without any deviation that is not allowed.
    """

    day: int
    version: int
    attempts: int
    fitness_ppm: int
    squares_ppm: int
    fitting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The present against the usual.

    Attributes:
        usual, recent: mean fitness, None without attempts.
        usual_attempts, recent_attempts: what they stand on.
        p: probability of such a fall by chance; None while there are too few attempts to say.
        has_fallen: it fell beyond chance.
    """

    usual: float | None
    recent: float | None
    usual_attempts: int
    recent_attempts: int
    p: float | None
    has_fallen: bool


def drift_of(days: Sequence[DriftDay], today: int) -> Drift:
    """Compare the last days with those before.

    Args:
        days: of one map.
        today: days since 1970, UTC.
    """
    recent = _Sample.of([day for day in days if today - RECENT_DAYS < day.day <= today])
    usual = _Sample.of([
        day for day in days if today - RECENT_DAYS - USUAL_DAYS < day.day <= today - RECENT_DAYS
    ])
    p = None
    if recent.n >= LEAST_RECENT and usual.n >= LEAST_USUAL:
        spread = math.sqrt(recent.variance / recent.n + usual.variance / usual.n)
        gap = recent.mean - usual.mean
        p = 0.5 * math.erfc(-gap / spread / math.sqrt(2)) if spread > 0 else float(gap >= 0)
    return Drift(
        usual=usual.mean if usual.n else None,
        recent=recent.mean if recent.n else None,
        usual_attempts=usual.n,
        recent_attempts=recent.n,
        p=p,
        has_fallen=p is not None and p < BY_CHANCE and usual.mean - recent.mean >= LEAST_FALL,
    )


@dataclass(frozen=True, slots=True)
class _Sample:
    n: int
    mean: float
    variance: float

    @classmethod
    def of(cls, days: Sequence[DriftDay]) -> _Sample:
        n = sum(day.attempts for day in days)
        if not n:
            return cls(0, 0.0, 0.0)
        mean = sum(day.fitness_ppm for day in days) / MILLION / n
        squares = sum(day.squares_ppm for day in days) / MILLION
        return cls(n, mean, max(squares - n * mean * mean, 0.0) / max(n - 1, 1))
