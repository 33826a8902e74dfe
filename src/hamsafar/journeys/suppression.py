"""Suppression: numbers of too few people are hidden, and so many others that no sum gives them away.

A table is numbers by key and the sums that hold between them (`total = Σ parts`). What is hidden:
counts of 1 … least - 1; then, wherever a sum would tell such a count, or how many people stand
behind all that is hidden in it, further members of the sum. At the end linear algebra over all
sums together makes sure that no small count can be computed from what is shown.

It holds for one answer. Whoever may ask freely can subtract two answers; see the reference.

Source: L. Willenborg, T. de Waal, Elements of Statistical Disclosure Control (2001), chapter 4.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np

from hamsafar.journeys.figures import Figure, figure, hidden, is_small

Key = Hashable
Sum = tuple[Key, Sequence[Key]]
"""A total and its parts, all of them disjoint."""

_ZERO = 1e-9
_MOST_UNKNOWN = 3_000
"""Sums over more hidden numbers than this are not solved: all of them are then hidden further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Numbers of people, some of them hidden.

    Attributes:
        counts: all numbers, by key.
        hidden: keys of those that must not be told.
        least: so many people must stand behind a number; 0 or 1: all may be shown.
    """

    counts: Mapping[Key, int]
    hidden: frozenset[Key] = field(default=frozenset())
    least: int = 0

    def count(self, key: Key) -> int | None:
        """Return a number, None when hidden."""
        return None if key in self.hidden else self.counts[key]

    def figure(
        self, key: Key, of: Key | None = None, *, open: int = 0, cell: str | None = None
    ) -> Figure:
        """Return the figure of a number; `open` is hidden where it is small itself."""
        base = None if of is None else self.count(of)
        if key in self.hidden:
            return hidden(of=base)
        told = figure(self.counts[key], base, cell=cell)
        return replace(told, open=None if is_small(open, self.least) else open)


def shown(
    counts: Mapping[Key, int],
    sums: Iterable[Sum],
    *,
    least: int,
    secret: Set[Key] = frozenset(),
    absent: Set[Key] = frozenset(),
) -> Shown:
    """Decide what is hidden.

    Args:
        counts: numbers of people by key.
        sums: which numbers are the sum of which others; every key is one of `counts`.
        least: so many people must stand behind a number; 0 or 1: nothing is hidden.
        secret: numbers that must not be told though they are not small.
        absent: numbers that are not told, but might be.
    """
    if least <= 1:
        return Shown(counts=counts)
    table = [(total, tuple(parts)) for total, parts in sums]
    small = {key for key, count in counts.items() if is_small(count, least)} | secret
    away = small | absent
    if small:
        _complete(counts, table, away, least)
        while given_away := _computable(table, away, small):
            if not _hide_beside(counts, table, away, given_away):
                away |= counts.keys()
                break
            _complete(counts, table, away, least)
    return Shown(counts=counts, hidden=frozenset(away), least=least)


def chain(left: Sequence[Key], lost: Sequence[Key]) -> list[Sum]:
    """Return the sums of a chain that people drop out of.

    Args:
        left: n + 1 keys, who is left after each step.
        lost: n keys, who was lost between two steps.
    """
    return [
        (left[i], (left[j], *lost[i:j])) for i in range(len(lost)) for j in range(i + 1, len(left))
    ]


def _complete(
    counts: Mapping[Key, int],
    sums: Sequence[tuple[Key, tuple[Key, ...]]],
    away: set[Key],
    least: int,
) -> None:
    """Hide more until in each sum two are hidden, and together enough people."""
    has_changed = True
    while has_changed:
        has_changed = False
        for total, parts in sums:
            victim = _next_victim(counts, (total, parts), away, least)
            if victim is not None:
                away.add(victim[0])
                has_changed = True


def _next_victim(
    counts: Mapping[Key, int], one: tuple[Key, tuple[Key, ...]], away: set[Key], least: int
) -> tuple[Key] | None:
    """Return the member of a sum to hide next, None when it is safe."""
    total, parts = one
    gone = [part for part in parts if part in away]
    number = len(gone) + (total in away)
    if number == 0:
        return None
    is_told = total not in away and is_small(sum(counts[part] for part in gone), least)
    if number > 1 and not is_told:
        return None
    left = [part for part in parts if part not in away]
    living = [part for part in left if counts[part] > 0]
    if living:
        return (min(living, key=lambda part: counts[part]),)
    if total not in away:
        return (total,)
    return (left[0],) if left else None


def _computable(
    sums: Sequence[tuple[Key, tuple[Key, ...]]], away: Set[Key], small: Set[Key]
) -> list[Key]:
    """Return the small counts that follow from what is shown."""
    found: list[Key] = []
    for unknown in _unknowns(sums, away):
        columns = {key: number for number, key in enumerate({k for row in unknown for k in row})}
        wanted = [key for key in columns if key in small]
        if not wanted:
            continue
        if len(columns) > _MOST_UNKNOWN:
            found += wanted
            continue
        rows = np.zeros((len(unknown), len(columns)))
        for number, row in enumerate(unknown):
            for key, sign in row.items():
                rows[number, columns[key]] += sign
        # A hidden number is fixed when its unit vector lies in the row space of the sums.
        _, sizes, base = np.linalg.svd(rows, full_matrices=False)
        base = base[sizes > _ZERO * max(1.0, float(sizes.max()))]
        told = (base**2).sum(axis=0)
        found += [key for key in wanted if told[columns[key]] > 1 - _ZERO]
    return found


def _unknowns(
    sums: Sequence[tuple[Key, tuple[Key, ...]]], away: Set[Key]
) -> list[list[dict[Key, float]]]:
    """Return the hidden members of the sums with their signs, in groups that share none."""
    group_of: dict[Key, int] = {}
    groups: dict[int, list[dict[Key, float]]] = {}
    for number, (total, parts) in enumerate(sums):
        row = {part: -1.0 for part in parts if part in away}
        if total in away:
            row[total] = 1.0
        if not row:
            continue
        groups[number] = [row]
        for other in {group_of[key] for key in row if key in group_of}:
            groups[number] += groups.pop(other)
        group_of.update((key, number) for member in groups[number] for key in member)
    return list(groups.values())


def _hide_beside(
    counts: Mapping[Key, int],
    sums: Sequence[tuple[Key, tuple[Key, ...]]],
    away: set[Key],
    given_away: Sequence[Key],
) -> bool:
    """Hide one more number in a sum of each that is given away; return whether there was any."""
    before = len(away)
    for key in given_away:
        beside = [
            other
            for total, parts in sums
            if key == total or key in parts
            for other in (*parts, total)
            if other not in away
        ]
        if beside:
            away.add(min(beside, key=lambda other: (counts[other] == 0, counts[other])))
    return len(away) > before
