"""Compute on the cores of this machine: numba kernels release the GIL, so threads are enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class ThreadCompute:
    """The Compute port on a pool of threads."""

    def __init__(self, width: int | None = None) -> None:
        """Make a pool of `width` threads, as many as usable cores by default."""
        self._width = width or len(os.sched_getaffinity(0))
        self._pool = ThreadPoolExecutor(self._width, thread_name_prefix="compute")

    @property
    def width(self) -> int:
        """Return how many shards run at once."""
        return self._width

    def map(self, task: Callable[[T], R], shards: Sequence[T]) -> Iterator[R]:
        """Yield `task(shard)` for every shard, in order; the first error of a task is raised."""
        if len(shards) <= 1:
            return map(task, shards)
        return self._pool.map(task, shards)

    def close(self) -> None:
        """Let running tasks end, start no more."""
        self._pool.shutdown(cancel_futures=True)
