"""How we compile numeric loops: no GIL, cached on disk, typed as the Python function it was.

Importing this module imports numba (half a second), so only modules that hold nothing but compiled
functions import it, and those are loaded when the first question comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Return the compiled function; it is built (or read from the cache) at its first call."""
    return cast("F", njit(cache=True, nogil=True, error_model="numpy")(function))
