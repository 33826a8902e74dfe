"""Compile every kernel, or load it from numba's cache: at setup, at start, never on a request."""

from __future__ import annotations

from collections.abc import Callable

from hamsafar.engines.properties import warm_properties
from hamsafar.engines.segments.warm import warm_kernels as warm_segments
from hamsafar.friction import warm as warm_friction
from hamsafar.journeys import warm as warm_journeys
from hamsafar.maps.warm import warm as warm_maps

PARTS: tuple[tuple[Callable[[], None], ...], ...] = (
    (warm_journeys,),
    (warm_segments, warm_properties, warm_maps, warm_friction),
)
"""What two processes may compile side by side in about the same time."""


def warm_all() -> None:
    """Warm all kernels in this process; a second, or about two minutes uncached."""
    for number in range(len(PARTS)):
        warm_part(number)


def warm_part(number: int) -> None:
    """Warm the kernels of one of `PARTS`."""
    for warm in PARTS[number]:
        warm()
