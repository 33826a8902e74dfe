"""The paths of one shard as a table, what is shown of them, and how they are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.durations import BIN_BITS
from hamsafar.journeys.kernels import route_kernels
from hamsafar.journeys.shards import Rows
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    from hamsafar.journeys.kernels.routes import Routes

_ROOM = 1 << 10

Tallied = tuple[I64, I64, I64, I64, I64]
"""nodes [m, 4], links [l, 2], stops [width, 2], onward [2], took [l, bins]; all add up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What is shown of all paths.

    Attributes:
        fold: i64[steps, names + 1], the node each event is told as at each step.
        steps: step of each node, 0 first.
        codes: name code of each node; -1 is "other", the number of names is the left out middle.
        links: (from node, to node) of each link that is shown, in the order of the steps.
        shown: i64[nodes, nodes], place in `links`, -1 where it is not shown.
        hidden_out: by node, how often a link that is not shown leaves it.
        hidden_in: by node, how often one arrives.
        hidden_links: links between nodes that are not shown.
        hidden_names: names that are told as "other", counted at each step.
    """

    fold: I64
    steps: tuple[int, ...]
    codes: tuple[int, ...]
    links: tuple[tuple[int, int], ...]
    shown: I64
    hidden_out: tuple[int, ...]
    hidden_in: tuple[int, ...]
    hidden_links: int
    hidden_names: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """Paths of one shard.

    Attributes:
        chunk: which chunk's places `routes.person` are.
        routes: as `kernels.routes.Routes` has it.
    """

    chunk: int
    routes: Routes

    def count_nodes(self) -> tuple[I64, I64]:
        """Return keys `step << 26 | code` and how often each was there."""
        kernels = route_kernels()
        keys = np.empty(int(self.routes.length.sum()), np.int64)
        found = kernels.node_keys(self.routes, keys)
        counted: tuple[I64, I64] = kernels.count_keys(keys[:found], _ROOM)
        return counted

    def count_links(self) -> tuple[I64, I64]:
        """Return keys `step << 52 | from << 26 | to` and how often each was there."""
        kernels = route_kernels()
        keys = np.empty(int(self.routes.length.sum()), np.int64)
        found = kernels.link_keys(self.routes, keys)
        counted: tuple[I64, I64] = kernels.count_keys(keys[:found], _ROOM)
        return counted

    def tally(self, fold: Folded) -> Tallied:
        """Return the figures of what is shown."""
        kernels = route_kernels()
        tally = kernels.RouteTally(*no_tally(fold))
        kernels.tally_routes(self.routes, fold.fold, fold.shown, tally)
        return tally.nodes, tally.links, tally.stops, tally.onward, tally.took

    def nodes_at(self, fold: Folded) -> I64:
        """Return the node of each path at each step; -1 beyond its length."""
        code = self.routes.code[:, : len(fold.fold)].astype(np.int64)
        steps = np.arange(code.shape[1])
        is_told = steps < self.routes.length[:, None]
        return np.where(is_told, fold.fold[steps, np.where(is_told, code, 0)], -1)

    def rows(self, chosen: NDArray[np.bool_], at: I64) -> Rows:
        """Return the people of the chosen paths, how many of them each has, and the last time.

        Args:
            chosen: bool[paths].
            at: i64[paths], the step whose time tells when.
        """
        row = np.flatnonzero(chosen)
        who = self.routes.person[row]
        time = self.routes.time[row, at[row]]
        first = np.flatnonzero(np.diff(who, prepend=-1))
        counts = np.diff(np.append(first, len(who)))
        last = np.maximum.reduceat(time, first) if len(first) else time
        return Rows(who[first], counts, last)


def no_tally(fold: Folded) -> Tallied:
    """Return the figures of no paths."""
    return (
        np.zeros((len(fold.codes), 4), np.int64),
        np.zeros((len(fold.links), 2), np.int64),
        np.zeros((len(fold.fold), 2), np.int64),
        np.zeros(2, np.int64),
        np.zeros((len(fold.links), 1 << BIN_BITS), np.int64),
    )


def tally_of(parts: Sequence[Tallied], fold: Folded) -> Tallied:
    """Return the sum of all; their people are disjoint."""
    whole = no_tally(fold)
    for part in parts:
        for total, one in zip(whole, part, strict=True):
            np.add(total, one, out=total)
    return whole
