"""Token buckets: how often one key or address may ask."""

from __future__ import annotations

import math

_IDLE_SWEEP = 10_000
"""Buckets after which those that are full again are forgotten."""


class Rate:
    """Token buckets by name. Not shared between threads; time is given by the caller.

    Each name may spend `per_second` tokens a second on average and twice that at once.

    Example:
        >>> rate = Rate(per_second=1.0)
        >>> [rate.wait_s("k", now_s=0.0) for _ in range(3)]
        [0, 0, 1]
    """

    def __init__(self, *, per_second: float) -> None:
        self._per_second = per_second
        self._burst = max(1.0, per_second * 2)
        self._buckets: dict[str, tuple[float, float]] = {}
        self._sweep_at = _IDLE_SWEEP

    def wait_s(self, name: str, *, now_s: float, cost: float = 1.0) -> int:
        """Spend `cost` tokens of `name`.

        Returns:
            0 when they were there; else whole seconds (≥ 1) after which they will be, and nothing
            was spent.
        """
        tokens, since = self._buckets.get(name, (self._burst, now_s))
        tokens = min(self._burst, tokens + max(0.0, now_s - since) * self._per_second)
        left = tokens - cost
        if left < 0:
            return max(1, math.ceil(-left / self._per_second))
        self._buckets[name] = (left, now_s)
        if len(self._buckets) > self._sweep_at:
            self._sweep(now_s)
        return 0

    def _sweep(self, now_s: float) -> None:
        """Forget the buckets that are full by now; look again when they have doubled."""
        refill_s = self._burst / self._per_second
        self._buckets = {
            name: bucket for name, bucket in self._buckets.items() if now_s - bucket[1] < refill_s
        }
        self._sweep_at = max(_IDLE_SWEEP, 2 * len(self._buckets))
