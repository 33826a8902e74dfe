"""The kernels of journeys are compiled as all of ours; see `hamsafar.kernel.jit`."""

from __future__ import annotations

from hamsafar.kernel.jit import compiled as kernel

__all__ = ["kernel"]
