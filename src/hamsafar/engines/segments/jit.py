"""The one way we compile a kernel: no GIL, machine code kept on disk between runs.

Loading numba takes half a second, so it waits for the first call of any kernel: a process that is
starting again should answer first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, Generic, TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])

_waiting: list[_Kernel[Any]] = []
_compiling = threading.Lock()


class _Kernel(Generic[F]):
    """A kernel that compiles when it is first called."""

    def __init__(self, function: F) -> None:
        self.function = function
        self.compiled: F | None = None

    def __call__(self, *args: object) -> object:
        """Run the compiled kernel."""
        if self.compiled is None:
            _compile_all()
        return cast("F", self.compiled)(*args)


def kernel(function: F) -> F:
    """Return `function` compiled on first call for the types it is called with.

    Callers pass C-contiguous, writable, aligned arrays only: a read-only array is another type to
    numba and would be compiled again on a request.
    """
    waiting = _Kernel(function)
    _waiting.append(waiting)
    return cast("F", waiting)


def _compile_all() -> None:
    """Hand all kernels to numba, which needs to see one kernel in the globals of another."""
    with _compiling:
        njit = import_module("numba").njit
        made = [(one, njit(nogil=True, cache=True)(one.function)) for one in _waiting]
        for one, compiled in made:
            one.function.__globals__[one.function.__name__] = compiled
        for one, compiled in made:
            one.compiled = compiled
        _waiting.clear()
