"""A data folder that has lived: a million people and a hundred million dedup keys.

The rows and files are those the pipeline and compaction would have left: identity's nodes with
folds of some events each, and key files of halving sizes, registered in the manifest.
"""

from __future__ import annotations

import msgspec
import numpy as np

from benchmarks.report import say
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.manifest import KeySet, add, bump_version
from hamsafar.engines.segments.write import write_key_set
from hamsafar.identity.settle import Settlement
from hamsafar.identity.store import Store
from hamsafar.identity.types import Node
from hamsafar.kernel.clock import DAY_US
from hamsafar.kernel.ids import digest128
from hamsafar.profiles.fold import add_event
from hamsafar.profiles.store import PUT_ACTIVITY
from hamsafar.profiles.types import Activity
from hamsafar.wiring.build import Hamsafar

ROWS_AT_ONCE = 25_000
FOLDS = 500


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
    """Write key files of halving sizes, as compaction leaves them."""
    disk = Disk(hamsafar.settings.lake)
    now = hamsafar.clock.now_us()
    left, age = keys, 20
    while left > 0:
        size = left // 2 if left > max(keys // 256, 1) else left
        hi = rng.integers(0, 2**64, size, dtype=np.uint64)
        hi.sort()
        span = now - age * DAY_US, now - (age - 1) * DAY_US
        with hamsafar.database.write() as tx:
            version = bump_version(tx)
            entry: KeySet = write_key_set(disk, (hi, hi, hi), span, version)
            disk.settle()
            add(tx, [entry], version)
        left -= size
        age = max(age - 1, 2)
        say(f"preload: {keys - left:,} of {keys:,} keys")


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
