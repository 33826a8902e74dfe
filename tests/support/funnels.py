"""Funnels counted the slow and obvious way: every chain of events is tried."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from hypothesis import strategies as st

from hamsafar.journeys import FunnelResult, Sequences, Threads
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


@dataclass(frozen=True)
class Hit:
    """An event of one person: time and the steps (from 0) and exclusions it meets."""

    time: int
    steps: frozenset[int]
    bans: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Asked:
    steps: int
    window: int
    strict_time: bool = False
    reuse: bool = False
    bans: tuple[tuple[int, int], ...] = ()
    from_: int = -(10**18)
    to: int = 10**18


Chain = tuple[int, ...]
"""Indices of the events of steps 0, 1, …"""


def chains(events: Sequence[Hit], asked: Asked) -> Iterator[Chain]:
    """Every chain there is, of any length from 1, exclusions not looked at."""

    def grow(chain: Chain) -> Iterator[Chain]:
        yield chain
        step = len(chain)
        if step == asked.steps:
            return
        last, first = events[chain[-1]], events[chain[0]]
        for i, event in enumerate(events):
            if step not in event.steps or event.time - first.time > asked.window:
                continue
            if event.time < last.time or (asked.strict_time and event.time == last.time):
                continue
            if i in chain and not asked.reuse:
                continue
            yield from grow((*chain, i))

    for i, event in enumerate(events):
        if 0 in event.steps and asked.from_ <= event.time < asked.to:
            yield from grow((i,))


def is_hit(events: Sequence[Hit], chain: Chain, asked: Asked, *, waits: bool) -> bool:
    """Whether an exclusion lies between two steps; `waits`: also after the chain's end."""
    for number, (low, high) in enumerate(asked.bans):
        if len(chain) <= low:
            continue
        after = events[chain[low]].time
        if len(chain) > high:
            before = events[chain[high]].time
        elif waits:
            before = events[chain[0]].time + asked.window + 1
        else:
            before = events[chain[-1]].time
        if any(number in e.bans and after < e.time < before for e in events):
            return True
    return False


def rank(events: Sequence[Hit], chain: Chain) -> tuple[int, int, int]:
    """Furthest, then earliest there, then latest to enter."""
    return -len(chain), events[chain[-1]].time, -events[chain[0]].time


def best(events: Sequence[Hit], asked: Asked) -> tuple[int, int, int] | None:
    """(steps, entered, came) of the attempt that tells; None when nobody entered."""
    free = [c for c in chains(events, asked) if not is_hit(events, c, asked, waits=False)]
    if not free:
        return None
    chosen = min(free, key=lambda c: rank(events, c))
    return len(chosen), events[chosen[0]].time, events[chosen[-1]].time


def level_or_dropped(events: Sequence[Hit], asked: Asked) -> int:
    """Steps taken when exclusions drop people; -1: dropped."""
    every = list(chains(events, asked))
    furthest = max(map(len, every), default=0)
    if not furthest:
        return 0
    far = [c for c in every if len(c) == furthest]
    return -1 if all(is_hit(events, c, asked, waits=True) for c in far) else furthest


def episodes(events: Sequence[Hit], asked: Asked) -> list[int]:
    """Steps taken by each attempt: one ends when done, or when no chain is in its window."""
    found: list[int] = []
    now: list[Hit] = []
    times = sorted({e.time for e in events})
    for time in times:
        reached = best(now, asked)
        if reached and (reached[0] == asked.steps or not _alive(now, asked, time)):
            found.append(reached[0])
            now = []
        now += [e for e in events if e.time == time]
    reached = best(now, asked)
    if reached:
        found.append(reached[0])
    return found


def _alive(now: Sequence[Hit], asked: Asked, time: int) -> bool:
    """Whether some chain may still go on: in its window, waiting unhit by what has happened."""
    for chain in chains(now, asked):
        if time - now[chain[0]].time > asked.window:
            continue
        far = Hit(time=time, steps=frozenset())
        if not _hit_until(now, chain, asked, far.time):
            return True
    return False


def _hit_until(now: Sequence[Hit], chain: Chain, asked: Asked, time: int) -> bool:
    if is_hit(now, chain, asked, waits=False):
        return True
    for number, (low, high) in enumerate(asked.bans):
        if low < len(chain) <= high:
            after = now[chain[low]].time
            if any(number in e.bans and after < e.time < time for e in now):
                return True
    return False


def any_order(events: Sequence[Hit], asked: Asked) -> int:
    """Most different steps within one window, each by an event of its own, none excluded."""
    most = 0
    for size in range(1, asked.steps + 1):
        for some in combinations(range(len(events)), size):
            times = [events[i].time for i in some]
            first, last = min(times), max(times)
            if last - first > asked.window or not asked.from_ <= first < asked.to:
                continue
            if asked.bans and any(e.bans and first < e.time < last for e in events):
                continue
            if can_seat([events[i].steps for i in some]):
                most = size
                break
    return most


def can_seat(wanted: Sequence[frozenset[int]]) -> bool:
    """Whether each event may take a step of its own."""
    if not wanted:
        return True
    return any(can_seat([steps - {step} for steps in wanted[1:]]) for step in wanted[0])


def strict(events: Sequence[Hit], asked: Asked) -> int:
    """Furthest step when nothing else happens in between; ties in any order."""
    most = 0
    for line in _orders(events, strict_time=asked.strict_time):
        for start in range(len(line)):
            if not asked.from_ <= line[start].time < asked.to:
                continue
            level = 0
            while (
                level < asked.steps
                and start + level < len(line)
                and level in line[start + level].steps
                and line[start + level].time - line[start].time <= asked.window
            ):
                level += 1
            most = max(most, level)
    return most


def _orders(events: Sequence[Hit], *, strict_time: bool) -> Iterator[list[Hit]]:
    groups: list[list[Hit]] = []
    for time in sorted({e.time for e in events}):
        together = [e for e in events if e.time == time]
        if strict_time:
            # Only one of a time can be used, and the others are not in between.
            steps = frozenset().union(*(e.steps for e in together))
            together = [Hit(time, steps)]
        groups.append(together)

    def line(rest: Sequence[list[Hit]]) -> Iterator[list[Hit]]:
        if not rest:
            yield []
            return
        for first in permutations(rest[0]):
            for after in line(rest[1:]):
                yield [*first, *after]

    return line(groups)
