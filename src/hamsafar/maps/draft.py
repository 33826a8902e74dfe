"""A first draft of a map from what people really did on their way to a goal.

Lives are cut into attempts; those that reached the goal are told apart by their events, the most
frequent ones are taken until they cover a share of the attempts, and `mining` finds their blocks.
A page of the site and the screen of the app with the same name are one touchpoint. Channels are
those really used, expected times the median to the next step, times at most the 95th percentile where
that still says something. The draft is always a sound map; people then make it the one they want.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys import (
    EVERYTHING,
    Filters,
    Sequences,
    Steps,
    Symbols,
    all_threads,
    kept_of,
    steps_of,
)
from hamsafar.kernel.errors import BadInput
from hamsafar.maps.cases import NEVER, SECOND_US
from hamsafar.maps.checks import checked
from hamsafar.maps.kernels import case_kernels
from hamsafar.maps.mining import mined
from hamsafar.maps.types import (
    Attempts,
    Block,
    InOrder,
    JourneyMap,
    Stage,
    Touchpoint,
    Words,
)
from hamsafar.maps.walk import touchpoints_in
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

MOST_EVENTS = 25
"""Events in a draft; a map may have more, a reader does not."""
CANDIDATES = 60
MAX_VARIANTS = 2_000
LEAST_SHARE = 0.05
"""A channel or beginning rarer than this share is left out."""
LEAST_PRESENT = 0.15
"""An event that comes in fewer of the attempts is left out."""
WIDE = 30
"""A 95th percentile of more than so many medians is a pause, no limit to set."""
STAGES = 5
_NO_ID = re.compile(r"[^a-z0-9]+")
_PAGE = re.compile(r"(?:Page|Screen): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWish:
    """What to draft.

    Attributes:
        goal: names of events that reach the aim; any of them does.
        id: of the map.
        name: what it is called.
        names: the events to take; empty: those most frequent on the way to the goal.
        share: of the attempts that reached the goal, how many the draft shall cover; 0 … 1.
        silence_s: silence that ends an attempt.
        filters: which events count.
    """

    goal: tuple[str, ...]
    id: str
    name: Words
    names: tuple[str, ...] = ()
    share: float = 0.8
    silence_s: float = 6 * 3_600
    filters: Filters = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A drafted map and what it stands on.

    Attributes:
        journey: the map.
        attempts: that reached the goal.
        covered: of them, those that are one of the `variants` it was drafted from.
        variants: sequences it was drafted from.
        left_out: events that came on the way but are too rare, or too many, for the draft.
    """

    journey: JourneyMap
    attempts: int
    covered: int
    variants: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The attempts that reached the goal: their steps, one after the other.

    Attributes:
        names: touchpoints by symbol - 1: names of events, of pages and screens what they share.
        symbol, time, channel: of each step.
        starts: where each attempt begins.
    """

    names: tuple[str, ...]
    symbol: I64 = field(repr=False)
    time: I64 = field(repr=False)
    channel: I64 = field(repr=False)
    starts: I64 = field(repr=False)

    def present(self) -> NDArray[np.float64]:
        """Return for each name in which share of the attempts it happened."""
        case = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        pairs = np.unique(case * (len(self.names) + 1) + self.symbol)
        counts = np.bincount(pairs % (len(self.names) + 1), minlength=len(self.names) + 1)
        return counts[1:] / max(len(self.starts) - 1, 1)

    def only(self, names: tuple[str, ...]) -> _Found:
        """Return the same with these events alone."""
        place = np.zeros(len(self.names) + 1, np.int64)
        for number, name in enumerate(self.names, 1):
            place[number] = names.index(name) + 1 if name in names else 0
        symbol = place[self.symbol]
        kept = symbol > 0
        before = np.concatenate([[0], np.cumsum(kept)])
        return _Found(
            names=names,
            symbol=symbol[kept],
            time=self.time[kept],
            channel=self.channel[kept],
            starts=before[self.starts],
        )

    def traces(self) -> Counter[tuple[str, ...]]:
        """Return how often each sequence was lived."""
        found: Counter[bytes] = Counter()
        small = self.symbol.astype(np.uint8)
        for a, b in zip(self.starts[:-1].tolist(), self.starts[1:].tolist(), strict=True):
            found[small[a:b].tobytes()] += 1
        return Counter({
            tuple(self.names[symbol - 1] for symbol in text): count for text, count in found.items()
        })


def draft(sequences: Sequences, wish: DraftWish, *, compute: Compute | None = None) -> Draft:
    """Draft a map.

    Args:
        sequences: whose events.
        wish: what to draft.
        compute: where work runs; None: a thread for each processor.

    Raises:
        BadInput: no such event, a share or silence that cannot be, or nobody reached the goal.
    """
    _check(sequences, wish)
    found = _attempts(sequences, wish, compute)
    if len(found.starts) == 1:
        raise BadInput("nobody reached the goal; choose another event or time", where="goal")
    chosen = _chosen(found, wish)
    kept = found.only(chosen)
    log, covered = _covering(kept.traces(), wish.share)
    ids, events = _ids(chosen), _events(sequences, wish)
    times, channels = _times(kept), _channels(kept, sequences.channels)

    def touchpoint(name: str) -> Touchpoint:
        number = chosen.index(name)
        expected, most = times[number]
        return Touchpoint(
            id=ids[number],
            events=events[name],
            label=Words(en=_PAGE.sub(r"\1", name)),
            channels=channels[number],
            expected_s=expected,
            at_most_s=most,
        )

    block = mined(log, touchpoint)
    steps = (block,) if block is not None else tuple(touchpoint(name) for name in chosen[:1])
    return Draft(
        journey=_journey(wish, steps, ids, chosen),
        attempts=len(found.starts) - 1,
        covered=covered,
        variants=len(log),
        left_out=tuple(name for name in found.names if name not in chosen),
    )


def _check(sequences: Sequences, wish: DraftWish) -> None:
    for where, names in (("goal", wish.goal), ("names", wish.names)):
        for at, name in enumerate(names):
            if name not in sequences.names:
                raise BadInput(f"no event is named {name!r}", where=f"{where}[{at}]")
    if not wish.goal:
        raise BadInput("name at least one event that is the goal", where="goal")
    if len(wish.names) > MOST_EVENTS:
        raise BadInput(f"a draft takes at most {MOST_EVENTS} events", where="names")
    if not 0 < wish.share <= 1:
        raise BadInput("share must be above 0, at most 1", where="share")
    if not 0 < wish.silence_s <= 10**9:
        raise BadInput("give seconds above 0", where="silence_s")


def _attempts(sequences: Sequences, wish: DraftWish, compute: Compute | None) -> _Found:
    """Return the attempts that reached the goal, with the most frequent events."""
    names, events = _candidates(sequences, wish), _events(sequences, wish)
    channels = max(len(sequences.channels), 1)
    width = channels + 1
    table = np.zeros((len(sequences.names), width, 1), np.uint32)
    for number, name in enumerate(names):
        # A symbol tells the event and the channel: 1 + event × channels + channel.
        for one in events[name]:
            table[sequences.names.index(one), :, 0] = 1 + number * width + np.arange(width)
    steps = steps_of(
        sequences, Symbols(table=table), wish.filters, compute=compute or all_threads()
    )
    event = (steps.symbol.astype(np.int64) - 1) // width
    first, last, goal_at = _cut(steps, event, names, wish)
    kept = np.flatnonzero(goal_at != NEVER)
    length = last[kept] - first[kept]
    starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    place = np.arange(starts[-1]) - np.repeat(starts[:-1] - first[kept], length)
    return _Found(
        names=names,
        symbol=event[place] + 1,
        time=steps.time[place],
        channel=(steps.symbol[place].astype(np.int64) - 1) % width,
        starts=starts,
    )


def _candidates(sequences: Sequences, wish: DraftWish) -> tuple[str, ...]:
    """Return the events to look at: those wished for, else the most frequent; the goal always."""
    if wish.names:
        return tuple(dict.fromkeys(map(_shared_name, (*wish.names, *wish.goal))))
    counts = np.zeros(len(sequences.names), np.int64)
    for chunk, kept in zip(sequences.chunks, kept_of(sequences, wish.filters), strict=True):
        counts += np.bincount(chunk.code[kept], minlength=len(counts))
    ranked = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], code))
    frequent = [sequences.names[code] for code in ranked]
    return tuple(dict.fromkeys(map(_shared_name, (*wish.goal, *frequent))))[:CANDIDATES]


def _events(sequences: Sequences, wish: DraftWish) -> dict[str, tuple[str, ...]]:
    """Return the events of each touchpoint's name."""
    found: dict[str, tuple[str, ...]] = {}
    for name in (*wish.names, *wish.goal) if wish.names else sequences.names:
        shared = _shared_name(name)
        if name not in found.get(shared, ()):
            found[shared] = (*found.get(shared, ()), name)
    return found


def _shared_name(name: str) -> str:
    """Return what a page and a screen of one name share; other names are as they are.

    >>> _shared_name("Screen: Cart"), _shared_name("Order Completed")
    ('Page: Cart', 'Order Completed')
    """
    page = _PAGE.fullmatch(name)
    return f"Page: {page[1]}" if page else name


def _cut(steps: Steps, event: I64, names: tuple[str, ...], wish: DraftWish) -> tuple[I64, I64, I64]:
    """Return first step, step after the last, and step of the goal of each attempt.

    After the goal an event that lives often begin with begins the next attempt.
    """
    kernels = case_kernels()
    known = np.array([1 << number for number in range(len(names))], np.uint64)
    goal = sum(1 << number for number in {names.index(name) for name in _goals(wish)})
    symbol = event.astype(np.uint32)
    silence_us = round(wish.silence_s * SECOND_US)

    def cut(early: int) -> tuple[I64, I64]:
        rule = kernels.Rule(
            silence_us=silence_us,
            restart=early > 0,
            goal=np.uint64(goal),
            early=np.uint64(early),
            known=known,
        )
        room = tuple(np.empty(len(steps), np.int64) for _ in range(3))
        found = kernels.cut(steps.starts, steps.time, symbol, rule, room)
        return room[0][:found], room[2][:found]

    begun, _ = cut(0)
    counts = np.bincount(event[begun], minlength=len(names))
    often = np.flatnonzero(counts >= max(LEAST_SHARE * len(begun), 1)).tolist()
    first, goal_at = cut(sum(1 << number for number in often) & ~goal)
    return first, np.append(first[1:], len(steps)), goal_at


def _chosen(found: _Found, wish: DraftWish) -> tuple[str, ...]:
    if wish.names:
        return found.names
    share = found.present()
    ranked = sorted(range(len(share)), key=lambda at: (-share[at], at))
    frequent = [found.names[at] for at in ranked if share[at] >= LEAST_PRESENT]
    return tuple(dict.fromkeys((*_goals(wish), *frequent)))[:MOST_EVENTS]


def _goals(wish: DraftWish) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_shared_name, wish.goal)))


def _covering(
    traces: Counter[tuple[str, ...]], share: float
) -> tuple[dict[tuple[str, ...], int], int]:
    """Return the most frequent sequences that cover a share of all, and how many they are."""
    goal = share * sum(traces.values())
    found: dict[tuple[str, ...], int] = {}
    covered = 0
    for trace, count in sorted(traces.items(), key=lambda item: (-item[1], len(item[0]), item[0])):
        if covered >= goal or len(found) >= MAX_VARIANTS:
            break
        found[trace] = count
        covered += count
    return found, covered


def _times(found: _Found) -> list[tuple[float | None, float | None]]:
    """Return for each event the median and the 95th percentile of seconds to the next step."""
    gap = np.diff(found.time)
    inside = np.ones(len(gap), np.bool_)
    ends = found.starts[1:-1] - 1
    inside[ends[(ends >= 0) & (ends < len(gap))]] = False
    times: list[tuple[float | None, float | None]] = []
    for symbol in range(1, len(found.names) + 1):
        own = gap[inside & (found.symbol[:-1] == symbol)] / SECOND_US
        own = own[own > 0]
        if not len(own):
            times.append((None, None))
            continue
        expected = _round_s(float(np.median(own)))
        most = max(_round_s(float(np.quantile(own, 0.95))), expected)
        times.append((expected, most if most <= WIDE * expected else None))
    return times


def _round_s(seconds: float) -> float:
    """Return seconds as people would set them: whole seconds, minutes or hours."""
    for unit in (86_400, 3_600, 60):
        if seconds >= 2 * unit:
            return float(round(seconds / unit) * unit)
    return float(max(round(seconds), 1))


def _channels(found: _Found, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return for each event the channels it really happens in; empty where that is not known."""
    result = []
    for symbol in range(1, len(found.names) + 1):
        counts = np.bincount(found.channel[found.symbol == symbol], minlength=len(names) + 1)
        often = np.flatnonzero(counts >= max(LEAST_SHARE * counts.sum(), 1)).tolist()
        known = [names[code] for code in often if code < len(names)]
        result.append(tuple(sorted(known)) if len(known) == len(often) else ())
    return result


def _ids(names: tuple[str, ...]) -> list[str]:
    """Return an id for each event: its name as far as it is Latin, else its number."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        text = (
            _NO_ID.sub("-", _PAGE.sub(r"\1", name).lower()).strip("-")[:50].strip("-")
            or f"step-{number}"
        )
        found.append(text if text not in found else f"{text}-{number}")
    return found


def _journey(
    wish: DraftWish, steps: tuple[Block, ...], ids: list[str], names: tuple[str, ...]
) -> JourneyMap:
    flat = [
        step for block in steps for step in (block.of if isinstance(block, InOrder) else (block,))
    ]
    inside = {one.id for step in flat for one in touchpoints_in(step)}
    places = [names.index(name) for name in _goals(wish)]
    goal = tuple(ids[place] for place in places if ids[place] in inside)
    groups = np.array_split(np.arange(len(flat)), min(STAGES, len(flat)))
    stages = []
    for number, group in enumerate(groups, 1):
        own = tuple(flat[at] for at in group.tolist())
        label = touchpoints_in(own[0])[0].label
        stages.append(Stage(id=f"stage-{number}", label=label, of=own))
    return checked(
        JourneyMap(
            id=wish.id,
            name=wish.name,
            goal=goal,
            attempts=Attempts(silence_s=wish.silence_s),
            stages=tuple(stages),
        )
    )
