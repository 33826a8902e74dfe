"""What makes a map sound, beyond its shape; says where it is not and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hamsafar.maps.errors import BadMap
from hamsafar.maps.types import AnyOrder, Block, Choice, JourneyMap, Loop, Touchpoint, Words
from hamsafar.maps.walk import blocks_of, children_of, touchpoints_in, touchpoints_of

MAX_TOUCHPOINTS = 60
"""Touchpoints are bits of 64."""
MAX_STAGES = 30
MAX_CONDITIONS = 8
"""Touchpoints with a condition; which of them hold of an event is 8 bits."""
MAX_REPEATS = 50
MAX_DEPTH = 16
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_MAX_TEXT = 2_000
_MAX_SECONDS = 10**9
_LEAST_PARTS = 2


def checked(journey: JourneyMap) -> JourneyMap:
    """Return the map if it is sound.

    Raises:
        BadMap: it is not; `where` is the place of the fault.
    """
    for fault in _faults(journey):
        raise fault
    return journey


def _faults(journey: JourneyMap) -> Iterator[BadMap]:
    """Yield what is wrong, in the order of the map."""
    yield from _bad_id(journey.id, "id")
    yield from _bad_words(journey.name, "name", is_needed=True)
    yield from _bad_words(journey.aim, "aim")
    silence = journey.attempts.silence_s
    if silence is not None and not 0 < silence <= _MAX_SECONDS:
        yield BadMap(
            "give seconds above 0, or null: silence ends nothing", where="attempts.silence_s"
        )
    if not 1 <= len(journey.stages) <= MAX_STAGES:
        yield BadMap(f"a map has 1 … {MAX_STAGES} stages", where="stages")
    yield from _bad_stages(journey)
    for place, _, block in blocks_of(journey):
        yield from _bad_block(block, place)
    yield from _bad_touchpoints(journey)


def _bad_stages(journey: JourneyMap) -> Iterator[BadMap]:
    seen: set[str] = set()
    for number, stage in enumerate(journey.stages):
        place = f"stages[{number}]"
        yield from _bad_id(stage.id, f"{place}.id")
        if stage.id in seen:
            yield BadMap(f"two stages have the id {stage.id!r}", where=f"{place}.id")
        seen.add(stage.id)
        yield from _bad_words(stage.label, f"{place}.label")
        if not stage.of:
            yield BadMap("a stage needs at least one step", where=f"{place}.of")


def _bad_touchpoints(journey: JourneyMap) -> Iterator[BadMap]:
    ids: set[str] = set()
    for place, _, block in blocks_of(journey):
        if isinstance(block, Touchpoint):
            if block.id in ids:
                yield BadMap(f"two touchpoints have the id {block.id!r}", where=f"{place}.id")
            ids.add(block.id)
    if len(touchpoints_of(journey)) > MAX_TOUCHPOINTS:
        yield BadMap(f"a map has at most {MAX_TOUCHPOINTS} touchpoints", where="stages")
    if sum(bool(one.where) for one in touchpoints_of(journey)) > MAX_CONDITIONS:
        message = f"at most {MAX_CONDITIONS} touchpoints may have a condition"
        yield BadMap(message, where="stages")
    for at, goal in enumerate(journey.goal):
        if goal not in ids:
            yield BadMap(f"no touchpoint has the id {goal!r}", where=f"goal[{at}]")


def _bad_block(block: Block, place: str) -> Iterator[BadMap]:
    if place.count(".of[") > MAX_DEPTH:
        yield BadMap(f"blocks stand at most {MAX_DEPTH} deep in each other", where=place)
    match block:
        case Touchpoint():
            yield from _bad_touchpoint(block, place)
        case AnyOrder() | Choice() if len(block.of) < _LEAST_PARTS:
            yield BadMap("this block needs at least two parts to choose from", where=f"{place}.of")
        case AnyOrder():
            yield from _shared_events(block, place)
        case Loop():
            yield from _bad_loop(block, place)
        case _ if not children_of(block):
            yield BadMap("this block needs at least one step", where=f"{place}.of")


def _bad_loop(block: Loop, place: str) -> Iterator[BadMap]:
    if not block.of:
        yield BadMap("this block needs at least one step", where=f"{place}.of")
    if not 0 <= block.min <= MAX_REPEATS:
        yield BadMap(f"min must be 0 … {MAX_REPEATS}", where=f"{place}.min")
    if block.max is not None and not max(block.min, 1) <= block.max <= MAX_REPEATS:
        message = f"max must be {max(block.min, 1)} … {MAX_REPEATS}, or null for no limit"
        yield BadMap(message, where=f"{place}.max")


def _shared_events(block: AnyOrder, place: str) -> Iterator[BadMap]:
    """Yield the events two parts share: in which part such an event stands could not be told."""
    seen: dict[str, int] = {}
    for at, part in enumerate(block.of):
        named = {name for t in touchpoints_in(part) if not t.where for name in t.events}
        for name in sorted(named):
            if seen.setdefault(name, at) != at:
                message = (
                    f"the event {name!r} stands in two parts that go in any order; keep it in one,"
                    " or put the two parts one after the other"
                )
                yield BadMap(message, where=f"{place}.of[{at}]")


def _bad_touchpoint(block: Touchpoint, place: str) -> Iterator[BadMap]:
    yield from _bad_id(block.id, f"{place}.id")
    for name in ("label", "information", "feeling"):
        yield from _bad_words(getattr(block, name), f"{place}.{name}")
    for at, words in enumerate(block.back_office):
        yield from _bad_words(words, f"{place}.back_office[{at}]", is_needed=True)
    if not block.events or not all(block.events):
        yield BadMap("name at least one event that is this touchpoint", where=f"{place}.events")
    for name in ("expected_s", "at_most_s"):
        seconds = getattr(block, name)
        if seconds is not None and not 0 < seconds <= _MAX_SECONDS:
            yield BadMap("give seconds above 0, at most 10⁹, or null", where=f"{place}.{name}")
    expected, most = block.expected_s, block.at_most_s
    if expected is not None and most is not None and most < expected:
        yield BadMap("at_most_s is less than expected_s", where=f"{place}.at_most_s")


def _bad_id(value: str, where: str) -> Iterator[BadMap]:
    if not _ID.fullmatch(value):
        message = f"{value!r} is no id: a-z, 0-9, - and _, at most 60, such as pay-online"
        yield BadMap(message, where=where)


def _bad_words(words: Words, where: str, *, is_needed: bool = False) -> Iterator[BadMap]:
    if is_needed and not (words.fa.strip() or words.en.strip()):
        yield BadMap("give words in Persian (fa), English (en) or both", where=where)
    for language in ("fa", "en"):
        if len(getattr(words, language)) > _MAX_TEXT:
            yield BadMap(f"at most {_MAX_TEXT} characters", where=f"{where}.{language}")
