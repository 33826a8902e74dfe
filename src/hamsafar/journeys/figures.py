"""Figures: a count out of a base with its interval, the difference of two, and how sure we are.

Example:
    >>> found = figure(30, 120)
    >>> found.share, round(found.low, 4), round(found.high, 4)
    (0.25, 0.1811, 0.3344)
    >>> figure(3, 120, least=10).suppressed
    True
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: 95 % lie within ± this."""

SMALL_EXPECTED = 5.0
"""Below this expected count in any of the four fields the p-value is Fisher's exact one."""

_TIED = 1.0 + 1e-7
"""Tables whose probability differs by less than rounding are equally likely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of an answer, with all one needs to read it honestly.

    Attributes:
        count: people (or what the answer counts); None when hidden.
        of: the base of the share; None when there is none, or it is hidden.
        share: count / of, 0 … 1; None without a base, or when hidden.
        low, high: Wilson's 95 % interval of the share; None where the share is.
        open: those of the base for whom it is not decided yet, because their time still runs; None
            when too few to be told.
        cell: opens the figure to its people; None when nothing opens (or may not).
        suppressed: hidden, because fewer people stand behind it than may be shown.
    """

    count: int | None
    of: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    open: int | None = 0
    cell: str | None = None
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def figure(
    count: int, of: int | None = None, *, open: int = 0, cell: str | None = None, least: int = 0
) -> Figure:
    """Return the figure of a count.

    Args:
        count: how many.
        of: how many there could be; None: there is no share.
        open: how many of the base are undecided.
        cell: what opens it.
        least: a count of 1 … least - 1, or as few who are missing to the base, is hidden: what is
            missing could else be found by subtraction. See `suppression` for whole tables.
    """
    if is_small(count, least) or (of is not None and is_small(of - count, least)):
        return hidden(of=None if of is None or is_small(of, least) else of)
    if not of:
        return Figure(count=count, of=of, open=open, cell=cell)
    sure = wilson(count, of)
    return Figure(
        count=count,
        of=of,
        share=sure.value,
        low=sure.low,
        high=sure.high,
        open=open,
        cell=cell,
    )


def hidden(*, of: int | None = None) -> Figure:
    """Return the figure that tells nothing but, perhaps, its base."""
    return Figure(count=None, of=of, suppressed=True)


def is_small(count: int, least: int) -> bool:
    """Tell whether a number of people is too small to be shown: some, but fewer than `least`."""
    return 0 < count < least


def wilson(count: float, of: float) -> Interval:
    """Return the share with Wilson's score interval of 95 %.

    Args:
        count: successes, 0 … of.
        of: trials, above 0.

    Raises:
        ValueError: `count` is not within 0 … `of`, or `of` is 0.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927).
    """
    if of <= 0 or not 0 <= count <= of:
        raise ValueError(f"a share needs 0 ≤ count ≤ of and of > 0, not {count} of {of}")
    share = count / of
    z2 = Z_95 * Z_95
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == of else min(1.0, middle + half)
    return Interval(share, low, high)


def newcombe(a: int, of_a: int, b: int, of_b: int) -> Interval:
    """Return the difference of two independent shares, a minus b, with its 95 % interval.

    Args:
        a: successes of the first.
        of_a: trials of the first, above 0.
        b: successes of the second.
        of_b: trials of the second, above 0.

    Raises:
        ValueError: a count is not within its base, or a base is 0.

    Source: R. G. Newcombe, Interval estimation for the difference between independent
    proportions, Statistics in Medicine 17 (1998), method 10.
    """
    one, other = wilson(a, of_a), wilson(b, of_b)
    difference = one.value - other.value
    down = math.hypot(one.value - one.low, other.high - other.value)
    up = math.hypot(one.high - one.value, other.value - other.low)
    return Interval(difference, max(-1.0, difference - down), min(1.0, difference + up))


def p_value(a: int, of_a: int, b: int, of_b: int) -> float:
    """Return how likely shares at least as different are, if there is no difference (two-sided).

    Fisher's exact test where a field is expected below `SMALL_EXPECTED`, else the pooled z test
    (Pearson's χ² without correction).

    Raises:
        ValueError: a count is not within its base, or a base is 0.
    """
    if min(of_a, of_b) <= 0 or not (0 <= a <= of_a and 0 <= b <= of_b):
        raise ValueError(f"shares need 0 ≤ count ≤ of and of > 0, not {a}/{of_a} and {b}/{of_b}")
    yes, whole = a + b, of_a + of_b
    if yes in {0, whole}:
        return 1.0
    if min(of_a, of_b) * min(yes, whole - yes) / whole < SMALL_EXPECTED:
        return _fisher(a, of_a, yes, whole)
    pooled = yes / whole
    spread = math.sqrt(pooled * (1 - pooled) * (1 / of_a + 1 / of_b))
    return math.erfc(abs(a / of_a - b / of_b) / spread / math.sqrt(2))


def benjamini_hochberg(p: Sequence[float]) -> tuple[float, ...]:
    """Return the q-value of each p-value: the false-discovery rate at which it is just accepted.

    Source: Y. Benjamini, Y. Hochberg, Controlling the false discovery rate, JRSS B 57 (1995).
    """
    rising = sorted(range(len(p)), key=p.__getitem__)
    found = [1.0] * len(p)
    best = 1.0
    for rank in range(len(p), 0, -1):
        at = rising[rank - 1]
        best = min(best, p[at] * len(p) / rank)
        found[at] = best
    return tuple(found)


def _fisher(a: int, of_a: int, yes: int, whole: int) -> float:
    """Return the sum of the probabilities of all tables no likelier than this one."""
    first, last = max(0, yes - (whole - of_a)), min(yes, of_a)
    ways = [
        _log_choose(of_a, k) + _log_choose(whole - of_a, yes - k) for k in range(first, last + 1)
    ]
    top = max(ways)
    weights = [math.exp(way - top) for way in ways]
    bound = weights[a - first] * _TIED
    return min(1.0, math.fsum(w for w in weights if w <= bound) / math.fsum(weights))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
