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


@cache
def matter_kernels() -> ModuleType:
    """Return `kernels.matters`: which events are about the same thing."""
    return import_module("hamsafar.journeys.kernels.matters")


@cache
def step_kernels() -> ModuleType:
    """Return `kernels.steps`: copying out the events a question knows."""
    return import_module("hamsafar.journeys.kernels.steps")


@cache
def calendar_kernels() -> ModuleType:
    """Return `kernels.calendar`: retention, lifecycle, stickiness."""
    return import_module("hamsafar.journeys.kernels.calendar")


@cache
def session_kernels() -> ModuleType:
    """Return `kernels.sessions`: what lies between long silences."""
    return import_module("hamsafar.journeys.kernels.sessions")


@cache
def following_kernels() -> ModuleType:
    """Return `kernels.following`: what comes right after a chain of events."""
    return import_module("hamsafar.journeys.kernels.following")


@cache
def route_kernels() -> ModuleType:
    """Return `kernels.routes`: paths step by step."""
    return import_module("hamsafar.journeys.kernels.routes")


@cache
def pattern_kernels() -> ModuleType:
    """Return `kernels.patterns`: regular expressions over events."""
    return import_module("hamsafar.journeys.kernels.patterns")


@cache
def scope_kernels() -> ModuleType:
    """Return `kernels.scope`: how much passes a query's scope, sessions, people of edges."""
    return import_module("hamsafar.journeys.kernels.scope")


@cache
def funnel_kernels() -> ModuleType:
    """Return `kernels.funnel`: ordered steps on disjoint events."""
    return import_module("hamsafar.journeys.kernels.funnel")


@cache
def action_kernels() -> ModuleType:
    """Return `kernels.actions`: ClickHouse's sequence patterns."""
    return import_module("hamsafar.journeys.kernels.actions")


@cache
def funnel_walk_kernels() -> ModuleType:
    """Return `kernels.funnel_walk`: funnels under any rules."""
    return import_module("hamsafar.journeys.kernels.funnel_walk")


@cache
def funnel_tell_kernels() -> ModuleType:
    """Return `kernels.funnel_tell`: counts and durations of attempts."""
    return import_module("hamsafar.journeys.kernels.funnel_tell")
