"""Compiled kernels of maps, loaded when the first question comes; see `hamsafar.kernel.jit`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def align_kernels() -> ModuleType:
    """Return `kernels.align`: the cheapest way a sequence fits a map."""
    return import_module("hamsafar.maps.kernels.align")


@cache
def case_kernels() -> ModuleType:
    """Return `kernels.cases`: attempts, their variants, what deviations cost."""
    return import_module("hamsafar.maps.kernels.cases")
