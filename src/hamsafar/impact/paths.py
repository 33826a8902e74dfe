"""Paths of touches: what people met before they converted, or before they did not.

Example:
    >>> paths = TouchPaths.from_texts(["ad > mail", "ad", "ad > ad > shop"], [2, 0, 1], nulls=[0, 5, 1])
    >>> paths.touches, paths.conversions.sum(), paths.nulls.sum()
    (('ad', 'mail', 'shop'), 3.0, 6.0)
    >>> collapsed(paths).texts()
    ('ad > mail', 'ad', 'ad > shop')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64, U64

F64 = NDArray[np.float64]

_MIX_A = np.uint64(0x9E3779B97F4A7C15)
_MIX_B = np.uint64(0xC2B2AE3D27D4EB4F)
_FOLD = np.uint64(31)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchPaths:
    """n paths over m touches, and how often each was lived to which end.

    Attributes:
        touches: names of touches by code.
        code: i64[m], touches of the first path in order, then of the second, …
        starts: i64[n + 1], where each path's touches begin in `code`.
        conversions: f64[n], how often the path ended in a conversion.
        nulls: f64[n], how often it ended in none.
        value: f64[n], what its conversions were worth together.
        before_s: f64[m], seconds from the touch to the end of its path; None: not known.
        person: i64[n], whose path it is; None: every single count is another customer's.
        ended_us: i64[n], when the path ended, µs UTC; None: not known.
        open: people whose last path is not decided yet and is left out here.
    """

    touches: tuple[str, ...]
    code: I64 = field(repr=False)
    starts: I64 = field(repr=False)
    conversions: F64 = field(repr=False)
    nulls: F64 = field(repr=False)
    value: F64 = field(repr=False)
    before_s: F64 | None = field(default=None, repr=False)
    person: I64 | None = field(default=None, repr=False)
    ended_us: I64 | None = field(default=None, repr=False)
    open: int = 0

    @classmethod
    def from_texts(
        cls,
        paths: Sequence[str],
        conversions: ArrayLike,
        *,
        nulls: ArrayLike | None = None,
        values: ArrayLike | None = None,
        separator: str = ">",
    ) -> Self:
        """Read paths as tables of them are written.

        Args:
            paths: n texts like `"ad > mail > ad"`; an empty text is a path without touches.
            conversions: n counts.
            nulls: n counts; None: none.
            values: n sums of the worth of the conversions; None: each conversion is worth 1.
            separator: what stands between touches.

        Raises:
            BadInput: lengths differ, or a number is negative or none.
        """
        split = [[part.strip() for part in path.split(separator)] for path in paths]
        split = [[part for part in path if part] for path in split]
        touches = tuple(dict.fromkeys(part for path in split for part in path))
        code_of = {name: code for code, name in enumerate(touches)}
        n = len(split)
        counts = _amounts("conversions", conversions, n)
        return cls(
            touches=touches,
            code=np.array([code_of[part] for path in split for part in path], np.int64),
            starts=np.concatenate([[0], np.cumsum([len(path) for path in split], dtype=np.int64)]),
            conversions=counts,
            nulls=np.zeros(n) if nulls is None else _amounts("nulls", nulls, n),
            value=counts if values is None else _amounts("values", values, n),
        )

    @property
    def lengths(self) -> I64:
        """Return i64[n], how many touches each path has."""
        return np.diff(self.starts)

    @property
    def path_of(self) -> I64:
        """Return i64[m], to which path each touch belongs."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def __len__(self) -> int:
        """Return n."""
        return len(self.starts) - 1

    def texts(self, separator: str = " > ") -> tuple[str, ...]:
        """Return the paths as texts."""
        names = [self.touches[code] for code in self.code.tolist()]
        bounds = self.starts.tolist()
        return tuple(separator.join(names[a:b]) for a, b in pairwise(bounds))


def collapsed(paths: TouchPaths) -> TouchPaths:
    """Return the paths with each run of one touch counted once, at the time of its last."""
    if not len(paths.code):
        return paths
    owner = paths.path_of
    is_last = np.append((np.diff(paths.code) != 0) | (np.diff(owner) != 0), True)
    kept = np.bincount(owner[is_last], minlength=len(paths))
    return replace(
        paths,
        code=paths.code[is_last],
        starts=np.concatenate([[0], np.cumsum(kept)]),
        before_s=None if paths.before_s is None else paths.before_s[is_last],
    )


def self_loops(paths: TouchPaths) -> int:
    """Return how many touches directly repeat the one before, over all distinct rows."""
    return len(paths.code) - len(collapsed(paths).code)


def loops(paths: TouchPaths) -> int:
    """Return how many rows come back to a touch after another one in between."""
    once = collapsed(paths)
    keys = np.unique(once.path_of * max(1, len(once.touches)) + once.code)
    different = np.bincount(keys // max(1, len(once.touches)), minlength=len(once))
    return int((once.lengths > different).sum())


def prints(paths: TouchPaths) -> U64:
    """Return u64[n], equal for equal sequences of touches (and, but for 2⁻⁶⁴, only for them)."""
    place = (np.arange(len(paths.code)) - np.repeat(paths.starts[:-1], paths.lengths)).astype(
        np.uint64
    )
    word = mixed(paths.code.astype(np.uint64) + np.uint64(1) + mixed(place + np.uint64(1)))
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(word, dtype=np.uint64)])
    found: U64 = mixed(total[paths.starts[1:]] - total[paths.starts[:-1]])
    return found


def mixed(words: U64) -> U64:
    """Return words scattered over all 64 bits, one to one."""
    once = words * _MIX_A
    twice = (once ^ (once >> _FOLD)) * _MIX_B
    found: U64 = twice ^ (twice >> _FOLD)
    return found


def summed(place: I64, amounts: F64, size: int) -> F64:
    """Return f64[size], the amounts added up by place."""
    found: F64 = np.bincount(place.ravel(), weights=amounts.ravel(), minlength=size).astype(
        np.float64, copy=False
    )
    return found


def _amounts(name: str, values: ArrayLike, n: int) -> F64:
    amounts = np.asarray(values, np.float64)
    if amounts.shape != (n,):
        raise BadInput(f"{name} must have {n} numbers, one for each path", where=name)
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise BadInput(f"{name} must be 0 or more", where=name)
    return amounts
