"""Columns as callers give them: checked, and sorted by (person, time, tie, input order)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hamsafar.journeys.kernels import order_kernels
from hamsafar.journeys.shards import frozen
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

D = TypeVar("D", bound=np.generic)
Integers = NDArray[np.integer]

_U16_MAX = (1 << 16) - 1
_DENSE_FACTOR = 4


def integers(name: str, values: ArrayLike, *, least: int, most: int) -> Integers:
    """Return values as whole numbers within bounds.

    Raises:
        BadInput: they are not; `where` is the name.
    """
    array = np.asarray(values)
    if array.size == 0 and array.ndim == 1:
        return np.empty(0, np.int64)
    if array.ndim != 1:
        raise BadInput(f"{name} must have one dimension, not {array.ndim}", where=name)
    if array.dtype.kind == "M":
        hint = f"give µs as integers: {name}.astype('datetime64[us]').astype('int64')"
        raise BadInput(f"{name} has dtype {array.dtype}; {hint}", where=name)
    if array.dtype.kind not in "iu":
        raise BadInput(f"{name} must be integers, not {array.dtype}", where=name)
    low, high = int(array.min()), int(array.max())
    if low < least or high > most:
        worst = low if low < least else high
        raise BadInput(f"{name} has {worst}; it must be {least} … {most}", where=name)
    return array


def optional(name: str, values: ArrayLike | None, most: int) -> Integers | None:
    """Return values as whole numbers from 0 (a tie: any) to `most`, or None.

    Raises:
        BadInput: they are not; `where` is the name.
    """
    if values is None:
        return None
    least = np.iinfo(np.int64).min if name == "tie" else 0
    return integers(name, values, least=least, most=most)


def checked_names(where: str, names: Sequence[str]) -> Sequence[str]:
    """Return the names if all differ.

    Raises:
        BadInput: they do not, or are no texts.
    """
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise BadInput(f"{where} must be a sequence of strings", where=where)
    if len(set(names)) != len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise BadInput(f"{where} has {twice!r} twice; names must differ", where=where)
    return names


def order(who: Integers, at: Integers, tie: Integers | None) -> tuple[I64 | None, I64]:
    """Return the sorted order (None: it stands so already) and where each person starts."""
    kernels = order_kernels()
    n = len(who)
    place, width = who.astype(np.int64, copy=False), int(who.max(initial=0)) + 1
    if width > _DENSE_FACTOR * n + _U16_MAX:
        found, place = np.unique(place, return_inverse=True)
        width = len(found)
    time = at.astype(np.int64, copy=False)
    ties = np.empty(0, np.int64) if tie is None else tie.astype(np.int64, copy=False)
    keys = [frozen(np.ascontiguousarray(column)) for column in (place, time, ties)]
    order, starts = kernels.group_by_person(keys[0], width)
    starts = starts[np.concatenate([[True], np.diff(starts) > 0])]
    if kernels.is_sorted(*keys):
        return None, starts
    kernels.sort_within(order, starts, keys[1], keys[2])
    return order, starts


def taken(column: Integers | None, order: I64 | None, dtype: type[D]) -> NDArray[D]:
    """Return a column in order; a missing one is a single 0 that stands for every event."""
    if column is None:
        return np.zeros(1, dtype)
    return (column if order is None else column[order]).astype(dtype, copy=False)
