"""Funnels equal trying every chain of events, whatever the rules."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.funnels import Asked, Hit, best, level_or_dropped

from hamsafar.journeys import (
    Filters,
    FunnelResult,
    Sequences,
    Threads,
    funnel,
)
from hamsafar.journeys.funnel_work import DROPPED

NAMES = ("a", "b", "c", "d", "x", "y")
ONE = Threads(1)
Told = tuple[int, int]
"""Time and name of an event."""

TIMES = st.one_of(st.integers(0, 6), st.integers(0, 40))
LIFE = st.lists(st.tuples(TIMES, st.integers(0, len(NAMES) - 1)), max_size=9)
LIVES = st.lists(LIFE, min_size=1, max_size=4)
STEPS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True)
REPEATED = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)
OVERLAPPING = st.lists(
    st.frozensets(st.sampled_from("abcd"), min_size=1, max_size=3), min_size=1, max_size=4
)
ANY_STEPS = st.one_of(STEPS, REPEATED, OVERLAPPING)
WINDOWS = st.sampled_from([0, 1, 2, 3, 5, 10, 30, 100])


def sequences(lives: Sequence[Sequence[Told]], shuffle: int | None = None) -> Sequences:
    rows = [(who, time, code) for who, life in enumerate(lives) for time, code in life]
    if shuffle is not None:
        random.Random(shuffle).shuffle(rows)
    table = np.array(rows, np.int64).reshape(-1, 3)
    return Sequences.from_arrays(
        person=table[:, 0], time_us=table[:, 1] * 1_000_000, code=table[:, 2], names=NAMES
    )


def hits(life: Sequence[Told], steps: Sequence[object], bans: Sequence[str] = ()) -> list[Hit]:
    def meets(what: object, name: str) -> bool:
        return name == what if isinstance(what, str) else name in what  # type: ignore[operator]

    return [
        Hit(
            time,
            frozenset(n for n, what in enumerate(steps) if meets(what, NAMES[code])),
            frozenset(n for n, what in enumerate(bans) if what == NAMES[code]),
        )
        for time, code in sorted(life, key=lambda e: e[0])
    ]


def levels(found: FunnelResult, people: int) -> list[int]:
    """Steps taken by each person; -1: dropped."""
    result = [0] * people
    for number in range(len(found.steps)):
        for who in found.people(number).tolist():
            result[who] = number + 1
    for who in found.excluded.tolist():
        result[who] = -1
    return result


def told(found: FunnelResult, who: int) -> tuple[int, int, int] | None:
    """(steps, entered, came) of a person's attempt, in seconds."""
    units = found.attempts.units
    rows = np.flatnonzero((units.person == who) & ((units.state & DROPPED) == 0))
    if not len(rows):
        return None
    (row,) = rows.tolist()
    first = int(units.length[:row].astype(np.int64).sum())
    length = int(units.length[row])
    times = (units.time[first : first + length] // 1_000_000).tolist()
    return length, times[0], times[-1]


BANS = st.lists(
    st.tuples(st.sampled_from("xyab"), st.integers(0, 2), st.integers(1, 3)), max_size=2
)


def fitting(bans: list[tuple[str, int, int]], steps: int) -> list[tuple[str, int, int]]:
    return [ban for ban in bans if ban[1] < ban[2] < steps]


class TestOrdered:
    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, strict_time=st.booleans())
    def test_tells_the_attempt_that_trying_all_finds(self, lives, steps, window, strict_time):
        ties = "strict_time" if strict_time else "favour"
        found = funnel(sequences(lives), steps, window_s=window, ties=ties, compute=ONE)
        asked = Asked(len(steps), window, strict_time=strict_time)
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps), asked)

    @given(lives=LIVES, steps=OVERLAPPING, window=WINDOWS)
    def test_may_use_an_event_again_when_asked(self, lives, steps, window):
        found = funnel(sequences(lives), steps, window_s=window, reuse=True, compute=ONE)
        asked = Asked(len(steps), window, reuse=True)
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps), asked)

    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, bans=BANS, strict_time=st.booleans())
    def test_voids_attempts_that_an_exclusion_hits(self, lives, steps, window, bans, strict_time):
        bans = fitting(bans, len(steps))
        ties = "strict_time" if strict_time else "favour"
        found = funnel(
            sequences(lives), steps, window_s=window, exclusions=bans, ties=ties, compute=ONE
        )
        asked = Asked(len(steps), window, strict_time=strict_time, bans=tuple(b[1:] for b in bans))
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps, [b[0] for b in bans]), asked)

    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, bans=BANS)
    def test_drops_people_whose_furthest_attempts_are_all_hit(self, lives, steps, window, bans):
        bans = fitting(bans, len(steps))
        found = funnel(
            sequences(lives),
            steps,
            window_s=window,
            exclusions=bans,
            exclusion_policy="drop_person",
            compute=ONE,
        )
        asked = Asked(len(steps), window, bans=tuple(b[1:] for b in bans))
        expected = [
            level_or_dropped(hits(life, steps, [b[0] for b in bans]), asked) for life in lives
        ]
        assert levels(found, len(lives)) == expected

    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, low=st.integers(0, 8))
    def test_range_bounds_entering_alone(self, lives, steps, window, low):
        filters = Filters(from_us=low * 1_000_000, to_us=(low + 4) * 1_000_000)
        found = funnel(sequences(lives), steps, filters, window_s=window, compute=ONE)
        asked = Asked(len(steps), window, from_=low, to=low + 4)
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps), asked)
