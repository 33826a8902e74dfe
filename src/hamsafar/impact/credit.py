"""Rules of thumb: how one conversion is shared out among the touches before it.

Each returns a weight per touch; the weights of a path sum to 1. Paths without touches get nothing.

Example:
    >>> from hamsafar.impact.paths import TouchPaths
    >>> paths = TouchPaths.from_texts(["a > b > c"], [1])
    >>> weights(paths, Rule.POSITION, Shape()).tolist()
    [0.4, 0.2, 0.4]
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hamsafar.impact.paths import F64, TouchPaths, summed
from hamsafar.kernel.errors import BadInput

DAY_S = 86_400.0


class Rule(StrEnum):
    """Who gets the credit."""

    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    POSITION = "position"
    TIME_DECAY = "time_decay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the rules that have a shape take.

    Attributes:
        first_share: what the first touch gets under `position`, above 0.
        last_share: what the last gets; what remains is shared evenly by those between.
        half_life_s: after so long before the end a touch counts half, under `time_decay`.
    """

    first_share: float = 0.4
    last_share: float = 0.4
    half_life_s: float = 7 * DAY_S

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            BadInput: shares outside 0 … 1, or a half-life that is not above 0.
        """
        both = self.first_share + self.last_share
        if not (self.first_share > 0 and self.last_share > 0 and both <= 1):
            raise BadInput(
                f"first_share and last_share must be above 0 and at most 1 together, not {both}",
                where="first_share",
            )
        if not self.half_life_s > 0:
            raise BadInput("half_life_s must be above 0", where="half_life_s")


def weights(paths: TouchPaths, rule: Rule, shape: Shape) -> F64:
    """Return f64[m]: of one conversion of its path, what each touch gets.

    Raises:
        BadInput: `time_decay`, and the paths know no times.
    """
    length = np.repeat(paths.lengths, paths.lengths)
    place = np.arange(len(paths.code)) - np.repeat(paths.starts[:-1], paths.lengths)
    is_first, is_last = place == 0, place == length - 1
    match rule:
        case Rule.FIRST:
            return np.where(is_first, 1.0, 0.0)
        case Rule.LAST:
            return np.where(is_last, 1.0, 0.0)
        case Rule.LINEAR:
            return _normal(paths, np.ones(len(paths.code)))
        case Rule.POSITION:
            raw = np.where(is_first, shape.first_share, 0.0)
            raw = np.where(is_last, shape.last_share, raw)
            between = np.maximum(length - 2, 1)
            rest = (1.0 - shape.first_share - shape.last_share) / between
            return _normal(paths, np.where(is_first | is_last, raw, rest))
        case Rule.TIME_DECAY:
            return _normal(paths, _decayed(paths, shape))


def _decayed(paths: TouchPaths, shape: Shape) -> F64:
    if paths.before_s is None:
        raise BadInput(
            "time_decay needs the times of touches; these paths have none", where="models"
        )
    # Measured from the last touch of each path, so that long-ago paths do not vanish in rounding.
    if not len(paths.code):
        return np.zeros(0)
    full = paths.starts[:-1][paths.lengths > 0]
    nearest = np.repeat(np.minimum.reduceat(paths.before_s, full), paths.lengths[paths.lengths > 0])
    found: F64 = np.exp2(-(paths.before_s - nearest) / shape.half_life_s)
    return found


def _normal(paths: TouchPaths, raw: F64) -> F64:
    owner = paths.path_of
    total = summed(owner, raw, len(paths))
    found: F64 = raw / total[owner]
    return found
