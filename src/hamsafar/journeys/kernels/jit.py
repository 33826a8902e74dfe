"""How we compile: no GIL, cached on disk, typed as the Python function it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Return the compiled function; it is built (or read from the cache) at its first call."""
    compiled = njit(cache=True, nogil=True, error_model="numpy")(function)
    return cast("F", compiled)
