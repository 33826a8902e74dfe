"""Compiled kernels, loaded when first needed so that importing us does not import numba.

Modules below hold nothing but numba functions over arrays; what they mean is decided above them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def edge_kernels() -> ModuleType:
    """Return `kernels.edges`: counting, scattering, drill-down."""
    return import_module("hamsafar.journeys.kernels.edges")


@cache
def path_kernels() -> ModuleType:
    """Return `kernels.paths`: fingerprints of whole sequences, their tally, their spans."""
    return import_module("hamsafar.journeys.kernels.paths")


@cache
def order_kernels() -> ModuleType:
    """Return `kernels.order`: sorting events by (person, time, tie)."""
    return import_module("hamsafar.journeys.kernels.order")
