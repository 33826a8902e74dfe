"""What an alignment says, in the words of people: which deviations each variant has.

An event left over is, in this order:

1. *out of sequence*, when its touchpoint was skipped elsewhere: it happened, but not in its place
   (the skip and the event are one deviation);
2. *too often*, when its touchpoint has been used already;
3. *exclusive path broken*, when another branch of a choice was taken than its own;
4. *out of sequence* else: an optional part that came where it has no place.

A skipped step is *missing* when a later step was used, else the journey *stopped* before it: all of
these are one deviation, at the last step used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar.maps.alignment import Alignments, Texts
from hamsafar.maps.automaton import EXTRA, SKIP, WRONG
from hamsafar.maps.types import Choice, DeviationKind, JourneyMap
from hamsafar.maps.walk import blocks_of, touchpoints_in, touchpoints_of
from hamsafar.storage.types import I64

NOWHERE = -1
"""No touchpoint was used at all."""

Branch = tuple[int, int]
"""Touchpoints of one branch of a choice, and those of its other branches."""


@dataclass(frozen=True, slots=True)
class Key:
    """Names a deviation.

    Attributes:
        touch: number of the touchpoint; `NOWHERE` for a journey that never began in the map.
        channel: number of the wrong channel, else -1.
    """

    kind: DeviationKind
    touch: int
    channel: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The deviations of all variants, variant after variant.

    Attributes:
        lo: i64[v + 1], where each variant's rows begin.
        dev: i64[r], place in `keys`.
        at: i64[r], place of the event among the variant's.
        cost: i64[r].
        keys: which deviations there are.
    """

    lo: I64 = field(repr=False)
    dev: I64 = field(repr=False)
    at: I64 = field(repr=False)
    cost: I64 = field(repr=False)
    keys: tuple[Key, ...]

    def has_kind(self, *kinds: DeviationKind) -> NDArray[np.uint8]:
        """Return u8[r]: whether a row is of one of these kinds."""
        wanted = np.array([key.kind in kinds for key in self.keys], np.uint8)
        return wanted[self.dev] if len(self.keys) else np.zeros(0, np.uint8)


def branches_of(journey: JourneyMap) -> tuple[Branch, ...]:
    """Return every branch of every choice, outer choices first."""
    number = {one.id: at for at, one in enumerate(touchpoints_of(journey))}
    found: list[Branch] = []
    for _, _, block in blocks_of(journey):
        if isinstance(block, Choice):
            own = [sum(1 << number[t.id] for t in touchpoints_in(part)) for part in block.of]
            found += [(bits, sum(own) & ~bits) for bits in own]
    return tuple(found)


def rows_of(journey: JourneyMap, texts: Texts, channel: I64, alignments: Alignments) -> Rows:
    """Return what is different in each variant.

    Args:
        journey: the map.
        texts: the variants.
        channel: i64[m], channel of each event where it is wrong, else -1.
        alignments: of the variants.
    """
    branches = branches_of(journey)
    order = np.argsort(alignments.skip_variant, kind="stable")
    skip_lo = np.searchsorted(alignments.skip_variant[order], np.arange(len(texts) + 1)).tolist()
    skips = list(
        zip(alignments.skip_touch[order].tolist(), alignments.skip_at[order].tolist(), strict=True)
    )
    starts = texts.starts.tolist()
    match, wrong, touch = texts.match.tolist(), texts.wrong.tolist(), alignments.touch.tolist()
    channels = channel.tolist()
    places: dict[Key, int] = {}
    lo, dev, at, cost = [0], list[int](), list[int](), list[int]()
    for v in range(len(texts)):
        span = slice(starts[v], starts[v + 1])
        one = _One(
            match[span],
            wrong[span],
            channels[span],
            touch[span],
            skips[skip_lo[v] : skip_lo[v + 1]],
        )
        for key, place, spent in one.deviations(branches):
            dev.append(places.setdefault(key, len(places)))
            at.append(place)
            cost.append(spent)
        lo.append(len(dev))
    return Rows(
        lo=np.array(lo, np.int64),
        dev=np.array(dev, np.int64),
        at=np.array(at, np.int64),
        cost=np.array(cost, np.int64),
        keys=tuple(places),
    )


@dataclass(slots=True)
class _One:
    """One aligned variant."""

    match: list[int]
    wrong: list[int]
    channel: list[int]
    touch: list[int]
    skips: list[tuple[int, int]]

    def deviations(self, branches: tuple[Branch, ...]) -> Iterator[tuple[Key, int, int]]:
        """Yield each deviation with its place and cost."""
        used = 0
        last = NOWHERE
        for place, touch in enumerate(self.touch):
            if touch < 0:
                continue
            used |= 1 << touch
            last = place
            if self.wrong[place] >> touch & 1:
                key = Key(DeviationKind.WRONG_CHANNEL, touch, self.channel[place])
                yield key, place, WRONG
        left = [place for place, touch in enumerate(self.touch) if touch < 0]
        skips = list(self.skips)
        for place in left:
            kind, touch, spent = self._left_over(place, used, skips, branches)
            yield Key(kind, touch), place, spent
        trailing = 0
        for touch, place in skips:
            if place <= last:
                yield Key(DeviationKind.MISSING, touch), place, SKIP
            else:
                trailing += SKIP
        if trailing:
            where = self.touch[last] if last >= 0 else NOWHERE
            yield Key(DeviationKind.STOPPED, where), max(last, 0), trailing

    def _left_over(
        self, place: int, used: int, skips: list[tuple[int, int]], branches: tuple[Branch, ...]
    ) -> tuple[DeviationKind, int, int]:
        """Return what an event left over is; takes the skip it belongs to out of the list."""
        match = self.match[place]
        for skip in skips:
            if match >> skip[0] & 1:
                skips.remove(skip)
                return DeviationKind.OUT_OF_SEQUENCE, skip[0], EXTRA + SKIP
        if match & used:
            return DeviationKind.TOO_OFTEN, _lowest(match & used), EXTRA
        touch = _lowest(match)
        for own, others in branches:
            if own >> touch & 1 and others & used and not own & used:
                return DeviationKind.EXCLUSIVE, touch, EXTRA
        return DeviationKind.OUT_OF_SEQUENCE, touch, EXTRA


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
