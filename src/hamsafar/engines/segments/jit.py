"""The one way we compile a kernel: no GIL, machine code kept on disk between runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Return `function` compiled on first call for the types it is called with.

    Callers pass C-contiguous, writable, aligned arrays only: a read-only array is another type to
    numba and would be compiled again on a request.
    """
    return cast("F", numba.njit(nogil=True, cache=True)(function))
