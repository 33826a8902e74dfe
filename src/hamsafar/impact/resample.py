"""The bootstrap by customer: many worlds in which other customers might have come.

Customers who lived the same are drawn together, and equal paths are one, so a world costs as much
as there are different lives and paths, not as there are customers.

Source: Efron, Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13 (percentiles).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hamsafar.impact.markov import (
    Flows,
    chain_of,
    effects_by_inverse,
    is_simple,
    removal_effects,
)
from hamsafar.impact.paths import F64, TouchPaths, mixed, prints, summed
from hamsafar.storage.types import I64

MOST_DRAWS = 20_000_000
"""Replicates times different lives: above it there are fewer replicates, but at least `FEWEST`."""
FEWEST = 50
_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Different lives of customers, and how many lived each.

    Attributes:
        customers: f64[l], how many customers lived each.
        life: i64[k], to which life each part belongs; parts are rows of paths.
        row: i64[k], which row.
        conversions, nulls, value: f64[k], what one customer of the life adds to that row.
    """

    customers: F64
    life: I64
    row: I64
    conversions: F64
    nulls: F64
    value: F64


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicas:
    """b worlds over u different paths.

    Attributes:
        paths: the different paths.
        path_of: i64[n], which of them each row of the original paths is.
        original: the paths as they were.
        conversions, nulls, value: f64[b, u].
    """

    paths: TouchPaths
    path_of: I64
    original: TouchPaths
    conversions: F64
    nulls: F64
    value: F64

    def __len__(self) -> int:
        """Return b."""
        return len(self.conversions)

    def of_weights(self, weights: F64) -> tuple[F64, F64]:
        """Return conversions and value owed to each touch in each world.

        Args:
            weights: f64[m], of each touch of the original paths; equal paths get their mean.

        Returns:
            f64[b, touches] twice.
        """
        paths, was = self.paths, self.original
        nothing = np.zeros((len(self), len(paths.touches)))
        if not len(self) or not len(paths.code):
            return nothing, nothing
        place = np.arange(len(was.code)) - np.repeat(was.starts[:-1], was.lengths)
        here = paths.starts[self.path_of[was.path_of]] + place
        mass = np.maximum(was.conversions[was.path_of], 1e-12)
        mean = np.bincount(here, weights=weights * mass) / np.bincount(here, weights=mass)
        table = np.zeros((len(paths), len(paths.touches)))
        np.add.at(table, (paths.path_of, paths.code), mean)
        return self.conversions @ table, self.value @ table

    def of_chain(self, order: int) -> tuple[F64, F64]:
        """Return conversions and value Markov owes to each touch in each world.

        Returns:
            f64[b, touches] twice.
        """
        lived = self.conversions + self.nulls
        parts = [
            (self._effects(order, lived[at], won[at]), won[at])
            for won in (self.conversions, self.value)
            for at in [slice(first, first + _AT_ONCE) for first in range(0, len(self), _AT_ONCE)]
        ]
        if not parts:
            nothing = np.zeros((0, len(self.paths.touches)))
            return nothing, nothing
        rows = [
            effects
            / np.maximum(effects.sum(axis=1, keepdims=True), 1e-300)
            * won.sum(axis=1, keepdims=True)
            for effects, won in parts
        ]
        half = len(rows) // 2
        return np.concatenate(rows[:half]), np.concatenate(rows[half:])

    def _effects(self, order: int, lived: F64, won: F64) -> F64:
        chain = chain_of(self.paths, order)
        step, end = chain.target >= 0, chain.target < 0
        size, worlds = chain.states, len(lived)
        weight = lived[:, chain.path]
        place = np.arange(worlds)[:, None] * size
        out = summed(place + chain.source, weight, worlds * size).reshape(worlds, size)
        at_end = place + chain.source[end]
        gained = summed(at_end, won[:, chain.path[end]], worlds * size).reshape(worlds, size)
        if is_simple(chain):
            cell = chain.source[step] * size + chain.target[step]
            into = np.arange(worlds)[:, None] * size * size + cell
            inner = summed(into, weight[:, step], worlds * size * size)
            return effects_by_inverse(inner.reshape(worlds, size, size), gained, out)
        weight[:, end] = 0.0
        return np.stack([
            removal_effects(Flows(chain=chain, inner=weight[b], won=gained[b], out=out[b]))
            for b in range(worlds)
        ])


def replicas_of(paths: TouchPaths, replicates: int, seed: int) -> Replicas:
    """Return worlds with as many customers, drawn with replacement.

    Args:
        paths: whose customers.
        replicates: how many worlds; see `MOST_DRAWS`.
        seed: equal seeds give equal worlds.
    """
    _, first, path_of = np.unique(prints(paths), return_index=True, return_inverse=True)
    different = _taken(paths, first)
    lives = _counted(paths) if paths.person is None else _personal(paths, paths.person)
    total = round(float(lives.customers.sum()))
    count = min(replicates, max(FEWEST, MOST_DRAWS // max(1, len(lives.customers))))
    seen = np.zeros((3, count if total else 0, len(different)))
    rng = np.random.Generator(np.random.PCG64(seed))
    for world in range(seen.shape[1]):
        drawn = rng.multinomial(total, lives.customers / lives.customers.sum())[lives.life]
        for kind, amount in enumerate((lives.conversions, lives.nulls, lives.value)):
            seen[kind, world] = summed(path_of[lives.row], drawn * amount, len(different))
    return Replicas(
        paths=different,
        path_of=path_of,
        original=paths,
        conversions=seen[0],
        nulls=seen[1],
        value=seen[2],
    )


def _taken(paths: TouchPaths, rows: I64) -> TouchPaths:
    """Return these rows alone."""
    lengths = paths.lengths[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    at = np.repeat(paths.starts[rows] - starts[:-1], lengths) + np.arange(starts[-1])
    return replace(
        paths,
        code=paths.code[at],
        starts=starts,
        conversions=paths.conversions[rows],
        nulls=paths.nulls[rows],
        value=paths.value[rows],
        before_s=None,
        person=None,
        ended_us=None,
    )


def _counted(paths: TouchPaths) -> Lives:
    """Return two lives a row: those who converted, and those who did not."""
    won, lost = np.flatnonzero(paths.conversions > 0), np.flatnonzero(paths.nulls > 0)
    none_won, none_lost = np.zeros(len(won)), np.zeros(len(lost))
    return Lives(
        customers=np.concatenate([paths.conversions[won], paths.nulls[lost]]),
        life=np.arange(len(won) + len(lost)),
        row=np.concatenate([won, lost]),
        conversions=np.concatenate([none_won + 1, none_lost]),
        nulls=np.concatenate([none_won, none_lost + 1]),
        value=np.concatenate([paths.value[won] / paths.conversions[won], none_lost]),
    )


def _personal(paths: TouchPaths, person: I64) -> Lives:
    """Group people whose paths, ends and values are the same; one of each group stands for it."""
    who, place = np.unique(person, return_inverse=True)
    life = np.zeros(len(who), np.uint64)
    word = prints(paths)
    for column in (paths.conversions, paths.nulls, paths.value):
        word = mixed(word + mixed(np.ascontiguousarray(column).view(np.uint64)))
    np.add.at(life, place, word)
    _, first, of, customers = np.unique(
        life, return_index=True, return_inverse=True, return_counts=True
    )
    stands = np.zeros(len(who), np.bool_)
    stands[first] = True
    rows = np.flatnonzero(stands[place])
    return Lives(
        customers=customers.astype(np.float64),
        life=of[place[rows]],
        row=rows,
        conversions=paths.conversions[rows],
        nulls=paths.nulls[rows],
        value=paths.value[rows],
    )
