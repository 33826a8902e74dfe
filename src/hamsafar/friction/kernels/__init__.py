"""Compiled detectors, loaded when first needed so that importing us does not import numba."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def track_kernels() -> ModuleType:
    """Return `kernels.track`: sessions, next goals, lengths of contacts."""
    return import_module("hamsafar.friction.kernels.track")


@cache
def detector_kernels() -> tuple[ModuleType, ModuleType]:
    """Return `kernels.screens` and `kernels.contacts`: one function for each detector."""
    names = ("screens", "contacts")
    screens, contacts = (import_module(f"hamsafar.friction.kernels.{name}") for name in names)
    return screens, contacts


@cache
def episode_kernels() -> ModuleType:
    """Return `kernels.episodes`: where self-service ends, and what breaks it."""
    return import_module("hamsafar.friction.kernels.episodes")
