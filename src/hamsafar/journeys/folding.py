"""Which steps and links of paths are shown, decided by all of them; the rest becomes "other"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamsafar.journeys.path_tables import Folded, RouteTable
from hamsafar.journeys.shards import NAME_BITS, frozen
from hamsafar.storage.types import I64

LEAST_NAMES = 3
"""So many names of each step are shown, however weak their links."""

_CODE_MASK = (1 << NAME_BITS) - 1


@dataclass(frozen=True, slots=True)
class _Counted:
    """Different keys, rising, and how often each was there."""

    keys: I64
    counts: I64

    @classmethod
    def of(cls, parts: Sequence[tuple[I64, I64]]) -> _Counted:
        none = np.zeros(0, np.int64)
        keys = np.concatenate([none, *(keys for keys, _ in parts)])
        found, place = np.unique(keys, return_inverse=True)
        counts = np.zeros(len(found), np.int64)
        np.add.at(counts, place, np.concatenate([none, *(counts for _, counts in parts)]))
        return cls(found, counts)

    def top(self, number: int) -> I64:
        """Return the most frequent keys, the lower first among equals."""
        return self.keys[np.lexsort((self.keys, -self.counts))[:number]]


def fold_of(tables: Sequence[RouteTable], names: int, limit: int) -> Folded:
    """Return what is shown.

    The strongest `limit` links decide which names of each step are shown, together with the
    strongest few names of each step; all others of a step are one node. Then the strongest
    `limit` of the links between these nodes are shown.

    Args:
        tables: all paths.
        names: how many event names there are; the code after them is the left out middle.
        limit: links to show.
    """
    nodes = _Counted.of([table.count_nodes() for table in tables])
    links = _Counted.of([table.count_links() for table in tables])
    width = 1 + int((nodes.keys >> NAME_BITS).max(initial=-1))
    visible = _visible(nodes, links, width, limit)
    is_shown = np.isin(nodes.keys, visible) | ((nodes.keys & _CODE_MASK) == names)
    fold = np.full((max(1, width), names + 1), -1, np.int64)
    steps: list[int] = []
    codes: list[int] = []
    for step in range(width):
        of_step = (nodes.keys >> NAME_BITS) == step
        shown = nodes.keys[of_step & is_shown] & _CODE_MASK
        fold[step, shown] = len(codes) + np.arange(len(shown))
        steps += [step] * len(shown)
        codes += shown.tolist()
        if (of_step & ~is_shown).any():
            fold[step][fold[step] < 0] = len(codes)
            steps.append(step)
            codes.append(-1)
    source, target = _ends(links.keys, fold)
    pairs = _Counted.of([(source * max(1, len(codes)) + target, links.counts)])
    chosen = np.sort(pairs.top(limit))
    shown_links = np.full((len(codes), len(codes)), -1, np.int64)
    source, target = np.divmod(chosen, max(1, len(codes)))
    shown_links[source, target] = np.arange(len(chosen))
    is_hidden = ~np.isin(pairs.keys, chosen)
    hidden = np.zeros((2, len(codes)), np.int64)
    for row, ends in enumerate(np.divmod(pairs.keys[is_hidden], max(1, len(codes)))):
        np.add.at(hidden[row], ends, pairs.counts[is_hidden])
    return Folded(
        fold=frozen(fold),
        steps=tuple(steps),
        codes=tuple(codes),
        links=tuple(zip(source.tolist(), target.tolist(), strict=True)),
        shown=frozen(shown_links),
        hidden_out=tuple(hidden[0].tolist()),
        hidden_in=tuple(hidden[1].tolist()),
        hidden_links=int(is_hidden.sum()),
        hidden_names=int((~is_shown).sum()),
    )


def _visible(nodes: _Counted, links: _Counted, width: int, limit: int) -> I64:
    """Return the node keys (`step << 26 | code`) to show."""
    top = links.top(limit)
    step = top >> 2 * NAME_BITS
    sources = step << NAME_BITS | (top >> NAME_BITS & _CODE_MASK)
    targets = (step + 1) << NAME_BITS | (top & _CODE_MASK)
    few = max(LEAST_NAMES, limit // max(1, 4 * width))
    strongest = [
        _Counted(nodes.keys[of_step], nodes.counts[of_step]).top(few)
        for of_step in ((nodes.keys >> NAME_BITS) == step for step in range(width))
    ]
    return np.concatenate([sources, targets, *strongest])


def _ends(keys: I64, fold: I64) -> tuple[I64, I64]:
    """Return the nodes each link (`step << 52 | from << 26 | to`) leaves and arrives at."""
    step = keys >> 2 * NAME_BITS
    target = fold[np.minimum(step + 1, len(fold) - 1), keys & _CODE_MASK]
    return fold[step, keys >> NAME_BITS & _CODE_MASK], target
