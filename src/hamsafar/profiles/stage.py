"""Profiles' step of the pipeline: fold each event into its node's row."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from hamsafar.collect.types import Batch
from hamsafar.profiles.fold import Traits, add_event, add_traits
from hamsafar.profiles.search import tokens_of
from hamsafar.profiles.store import (
    DROP_ACTIVITY,
    DROP_TOKENS,
    DROP_TRAITS,
    PUT_ACTIVITY,
    PUT_TOKENS,
    PUT_TRAITS,
    decode_activity,
    read_activity,
    read_traits,
)
from hamsafar.profiles.types import Activity
from hamsafar.storage.ports import Tx

CACHED_NODES = 200_000
_encode = msgspec.msgpack.Encoder().encode


class ProfilesStage:
    """Keeps the folds of lately active nodes in memory; the worker is their only writer."""

    def __init__(self, cached: int = CACHED_NODES) -> None:
        self._cached = cached
        self._activity: OrderedDict[int, bytes] = OrderedDict()
        self._fresh: dict[int, bytes] = {}

    def apply(self, batch: Batch, tx: Tx) -> Batch:
        """Fold the batch's events; returns it unchanged."""
        self._fold_activity(batch, tx)
        self._fold_traits(batch, tx)
        return batch

    def committed(self) -> None:
        """Keep the folds this batch wrote."""
        self._activity.update(self._fresh)
        for node in self._fresh:
            self._activity.move_to_end(node)
        while len(self._activity) > self._cached:
            self._activity.popitem(last=False)
        self._fresh = {}

    def rolled_back(self) -> None:
        """Forget the folds this batch did not write."""
        self._fresh = {}

    def erase(self, tx: Tx, nodes: Sequence[int]) -> None:
        """Delete the rows of these nodes, and forget them."""
        for what in (DROP_ACTIVITY, DROP_TRAITS, DROP_TOKENS):
            tx.remove(what, nodes)
        for node in nodes:
            self._activity.pop(node, None)

    def _fold_activity(self, batch: Batch, tx: Tx) -> None:
        nodes = batch.node.tolist()
        codes = batch.code.tolist()
        channels = batch.channel.tolist()
        folds = self._activities(set(nodes), tx)
        for node, code, channel, event in zip(nodes, codes, channels, batch.events, strict=True):
            add_event(folds[node], code, channel, event.occurred_at)
        self._fresh = {node: _encode(fold) for node, fold in folds.items()}
        tx.upsert(PUT_ACTIVITY, sorted(self._fresh.items()))

    def _activities(self, nodes: set[int], tx: Tx) -> dict[int, Activity]:
        cache = self._activity
        missing = sorted(node for node in nodes if node not in cache)
        folds = {node: decode_activity(cache[node]) for node in nodes if node in cache}
        folds |= read_activity(tx, missing)
        for node in missing:
            if node not in folds:
                folds[node] = Activity({}, {})
        return folds

    def _fold_traits(self, batch: Batch, tx: Tx) -> None:
        said = [
            (node, event)
            for node, event in zip(batch.node.tolist(), batch.events, strict=True)
            if event.traits
        ]
        if not said:
            return
        nodes = sorted({node for node, _ in said})
        folds: dict[int, Traits] = {node: {} for node in nodes}
        folds |= read_traits(tx, nodes)
        before = {node: tokens_of(fold) for node, fold in folds.items()}
        changed: set[int] = set()
        for node, event in said:
            stamp = (event.occurred_at, event.message_id)
            if add_traits(folds[node], event.traits or {}, stamp, event.source_id):
                changed.add(node)
        tx.upsert(PUT_TRAITS, [(node, _encode(folds[node])) for node in sorted(changed)])
        self._retoken({n: tokens_of(folds[n]) for n in changed}, before, tx)

    def _retoken(self, now: dict[int, set[str]], before: dict[int, set[str]], tx: Tx) -> None:
        moved = sorted(node for node, words in now.items() if words != before[node])
        stale = [node for node in moved if before[node] - now[node]]
        tx.remove(DROP_TOKENS, stale)
        tx.upsert(PUT_TOKENS, sorted((word, node) for node in moved for word in now[node]))
