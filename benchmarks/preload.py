"""A data folder that has lived: a million people and a hundred million dedup keys.

The rows and files are those the pipeline and compaction would have left: identity's nodes with
folds of some events each, and key files of halving sizes, registered in the manifest.
"""

from __future__ import annotations

import msgspec
import numpy as np

from benchmarks.report import say
from hamsafar.engines.segments.compact import KEY_SPAN_US
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.manifest import add, bump_version
from hamsafar.engines.segments.write import write_key_set
from hamsafar.identity.settle import Settlement
from hamsafar.identity.store import Store
from hamsafar.identity.types import Node
from hamsafar.kernel.clock import DAY_US, SECOND_US
from hamsafar.kernel.ids import digest128
from hamsafar.profiles.fold import add_event
from hamsafar.profiles.store import PUT_ACTIVITY
from hamsafar.profiles.types import Activity
from hamsafar.wiring.build import Hamsafar

ROWS_AT_ONCE = 25_000
FOLDS = 500
CLOSED_SPANS = 3
LEAST_KEYS = 100_000
"""The dedup window of 30 days is three whole spans and the open one."""


def preload(hamsafar: Hamsafar, *, people: int, keys: int, seed: int = 11) -> None:
    """Fill an empty data folder."""
    rng = np.random.default_rng(seed)
    preload_people(hamsafar, people, rng)
    preload_keys(hamsafar, keys, rng)


def preload_people(hamsafar: Hamsafar, people: int, rng: np.random.Generator) -> None:
    """Write a node and its activity for each of so many people."""
    now = hamsafar.clock.now_us()
    folds = [_fold(rng, now) for _ in range(FOLDS)]
    picks = rng.integers(0, FOLDS, people).tolist()
    for start in range(0, people, ROWS_AT_ONCE):
        ids = range(start + 1, min(start + ROWS_AT_ONCE, people) + 1)
        nodes = [_node(number, now) for number in ids]
        with hamsafar.database.write() as tx:
            fresh = Settlement(claims=(), nodes=tuple(nodes), changes=())
            Store(tx).write(fresh, {node.node for node in nodes})
            tx.upsert(PUT_ACTIVITY, [(n, folds[picks[n - 1]]) for n in ids])
        if start % 200_000 == 0:
            say(f"preload: {start:,} of {people:,} people")


def preload_keys(hamsafar: Hamsafar, keys: int, rng: np.random.Generator) -> None:
    """Write key files as compaction leaves them.

    Each span of the past is one file; the open span has files of halving sizes.
    """
    now = hamsafar.clock.now_us()
    span = now // KEY_SPAN_US
    closed = keys // (CLOSED_SPANS + 1)
    for ago in range(CLOSED_SPANS, 0, -1):
        begins = (span - ago) * KEY_SPAN_US
        _write_keys(hamsafar, closed, (begins, begins + KEY_SPAN_US - 1), rng)
        say(f"preload: {closed * (CLOSED_SPANS - ago + 1):,} of {keys:,} keys")
    left = keys - closed * CLOSED_SPANS
    begins = span * KEY_SPAN_US
    while left > 0:
        size = left // 2 if left > LEAST_KEYS else left
        _write_keys(hamsafar, size, (begins, begins + SECOND_US), rng)
        left -= size
        begins += SECOND_US


def _write_keys(
    hamsafar: Hamsafar, count: int, received: tuple[int, int], rng: np.random.Generator
) -> None:
    disk = Disk(hamsafar.settings.lake)
    hi = rng.integers(0, 2**64, count, dtype=np.uint64)
    hi.sort()
    with hamsafar.database.write() as tx:
        version = bump_version(tx)
        entry = write_key_set(disk, (hi, hi, hi), received, version)
        disk.settle()
        add(tx, [entry], version)


def _node(number: int, now: int) -> Node:
    value = f"preloaded-{number:08d}-9f6c"
    key = digest128("anonymous_id", value)
    return Node(number, "anonymous_id", value, key, number, now - 30 * DAY_US, 1)


def _fold(rng: np.random.Generator, now: int) -> bytes:
    activity = Activity({}, {})
    for _ in range(1 + int(rng.pareto(1.2) * 3) % 200):
        at = now - int(rng.integers(0, 90)) * DAY_US
        add_event(activity, int(rng.integers(1, 60)), int(rng.integers(1, 8)), at)
    return msgspec.msgpack.encode(activity)
