"""Kernels of path patterns: all matches of an automaton, in time linear in the events.

A walk against time finds for each event and position the earliest event a match could end with;
a walk in time then takes at each choice the preferred way that can still end. So nothing is ever
taken back, however the pattern looks.

Source: Frisch and Cardelli, "Greedy regular expression matching", ICALP 2004, with windows of time
added by monotone queues.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.kernels.following import kept_of
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.marking import longest_of
from hamsafar.journeys.kernels.walk import is_skipped
from hamsafar.journeys.shards import Events, Marks, Sieve
from hamsafar.storage.types import I64, U64

ACCEPT = -1
DIRECT = -1
NO_END = (1 << 31) - 1
FOREVER = 1 << 62
ONE = np.uint64(1)
FIRST, LAST, TIMES, FIGURES = 0, 1, 2, 3
FIRST_ROOM = 64

I32 = NDArray[np.int32]


class Net(NamedTuple):
    """An automaton as arrays; p positions, k links, w windows, g groups.

    Attributes:
        first: i64[f], positions that begin a match, preferred first.
        begins: u64, the same as bits.
        ends: u64, positions a match may end with, as bits.
        bounds: i64[p + 1], which links are of each position.
        target: i64[k], position, or ACCEPT.
        window: i64[k], which window a link skips through; DIRECT: the very next event.
        low: i64[k], least time in µs of a direct link.
        high: i64[k], most time of a direct link.
        window_target: i64[w].
        window_low: i64[w].
        window_high: i64[w].
        groups: u64[g], positions of each group as bits.
        anchors: (begins with the first event, ends with the last, longest whole match in µs).
    """

    first: I64
    begins: np.uint64
    ends: np.uint64
    bounds: I64
    target: I64
    window: I64
    low: I64
    high: I64
    window_target: I64
    window_low: I64
    window_high: I64
    groups: U64
    anchors: tuple[int, int, int]


class Story(NamedTuple):
    """One person's events that count, and room to think.

    Attributes:
        row: i64[n], their rows in the chunk.
        time: i64[n].
        word: u64[n], which positions each may be.
        end: i32[p, n], the earliest end of a match that goes on from there.
        reach: i32[w, n], the earliest end over what a window reaches from there.
        queue: i32[w, n], places that may still be the best of a window.
        marks: i64[w, 3], head and tail of each queue, and the next place to enter it.
    """

    row: I64
    time: I64
    word: U64
    end: I32
    reach: I32
    queue: I32
    marks: I64


class Matches(NamedTuple):
    """What was found: place of the person, first and last row, and per group (first, last, times)."""

    person: I64
    first: I64
    last: I64
    groups: I64


@kernel
def is_position(story: Story, place: int, position: int) -> bool:
    """Return whether an event may be a position of the pattern."""
    return bool((story.word[place] >> np.uint64(position)) & ONE)


@kernel
def slide(net: Net, story: Story, w: int, place: int) -> int:
    """Move a window so that it reaches from `place`; return the earliest end within."""
    queue, marks, end = story.queue[w], story.marks[w], story.end[net.window_target[w]]
    target, at = net.window_target[w], story.time[place]
    while marks[2] > place and story.time[marks[2]] - at >= net.window_low[w]:
        entering = marks[2]
        marks[2] -= 1
        if not is_position(story, entering, target) or end[entering] == NO_END:
            continue
        # What entered before is farther away, so it leaves earlier: no use if it is no better.
        while marks[1] > marks[0] and end[queue[marks[1] - 1]] >= end[entering]:
            marks[1] -= 1
        queue[marks[1]] = entering
        marks[1] += 1
    while marks[1] > marks[0] and story.time[queue[marks[0]]] - at > net.window_high[w]:
        marks[0] += 1
    return int(end[queue[marks[0]]]) if marks[1] > marks[0] else NO_END


@kernel
def ahead(net: Net, story: Story, link: int, place: int) -> int:
    """Return the earliest end over one link from an event; NO_END if it leads nowhere."""
    target = net.target[link]
    last = len(story.row) - 1
    if target == ACCEPT:
        return place if net.anchors[1] == 0 or place == last else NO_END
    if net.window[link] != DIRECT:
        return int(story.reach[net.window[link], place])
    if place == last or not is_position(story, place + 1, target):
        return NO_END
    took = story.time[place + 1] - story.time[place]
    if took < net.low[link] or took > net.high[link]:
        return NO_END
    return int(story.end[target, place + 1])


@kernel
def look_back(net: Net, story: Story) -> None:
    """Fill `end` and `reach`, from the last event to the first."""
    for w in range(len(net.window_target)):
        story.marks[w, 0] = 0
        story.marks[w, 1] = 0
        story.marks[w, 2] = len(story.row) - 1
    for place in range(len(story.row) - 1, -1, -1):
        if story.word[place] == 0:
            continue
        for w in range(len(net.window_target)):
            story.reach[w, place] = slide(net, story, w, place)
        for position in range(len(net.bounds) - 1):
            if not is_position(story, place, position):
                continue
            best = NO_END
            for link in range(net.bounds[position], net.bounds[position + 1]):
                best = min(best, ahead(net, story, link, place))
            story.end[position, place] = best


@kernel
def is_in_time(story: Story, end: int, limit: int) -> bool:
    """Return whether a match could end, and that not after `limit`."""
    return bool(end != NO_END and story.time[end] <= limit)


@kernel
def nearest(net: Net, story: Story, link: int, at: tuple[int, int]) -> int:
    """Return the nearest event a skipping link may go to; there is one. `at` is (place, limit)."""
    place, limit = at
    w = net.window[link]
    target = net.target[link]
    to = place + 1
    while not (
        is_position(story, to, target)
        and story.time[to] - story.time[place] >= net.window_low[w]
        and is_in_time(story, story.end[target, to], limit)
    ):
        to += 1
    return to


@kernel
def note(net: Net, story: Story, found: I64, at: tuple[int, int]) -> None:
    """Write an event (place, position) into the groups it belongs to."""
    place, position = at
    for g in range(len(net.groups)):
        if (net.groups[g] >> np.uint64(position)) & ONE:
            if found[g, TIMES] == 0:
                found[g, FIRST] = story.row[place]
            found[g, LAST] = story.row[place]
            found[g, TIMES] += 1


@kernel
def follow(net: Net, story: Story, start: tuple[int, int], found: I64) -> int:
    """Walk a match from (place, position) by the preferred ways; return the place it ends at."""
    place, position = start
    limit = min(story.time[place] + net.anchors[2], np.int64(FOREVER))
    note(net, story, found, start)
    while True:
        for link in range(net.bounds[position], net.bounds[position + 1]):
            if not is_in_time(story, ahead(net, story, link, place), limit):
                continue
            if net.target[link] == ACCEPT:
                return place
            if net.window[link] == DIRECT:
                place += 1
            else:
                place = nearest(net, story, link, (place, limit))
            position = net.target[link]
            note(net, story, found, (place, position))
            break


@kernel
def begin(net: Net, story: Story, place: int) -> int:
    """Return the preferred position a match may begin with at an event; -1 if none can."""
    if not story.word[place] & net.begins:
        return -1
    limit = min(story.time[place] + net.anchors[2], np.int64(FOREVER))
    for position in net.first:
        if is_position(story, place, position) and is_in_time(
            story, story.end[position, place], limit
        ):
            return int(position)
    return -1


@kernel
def roomier(matches: Matches) -> Matches:
    """Return the same with twice the room."""
    n = len(matches.person)
    person, first = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)
    last = np.empty(2 * n, np.int64)
    groups = np.empty((2 * n, matches.groups.shape[1], FIGURES), np.int64)
    person[:n] = matches.person
    first[:n] = matches.first
    last[:n] = matches.last
    groups[:n] = matches.groups
    return Matches(person, first, last, groups)


@kernel
def tell(
    events: Events, work: tuple[Sieve | None, Marks], net: Net, person: int, room: Story
) -> int:
    """Fill `room` with a person's events; return how many, none when they cannot hold a match."""
    sieve, marks = work
    n = kept_of(events, sieve, person, room.row)
    # Taken out of their tuples: reading these inside the loop would count references.
    at, code, by_code, by_event = events.time, events.code, marks.by_code, marks.by_event
    rows, time, words = room.row, room.time, room.word
    seen = np.uint64(0)
    for place in range(n):
        i = rows[place]
        word = by_code[code[i]] | by_event[i & marks.event_mask]
        time[place] = at[i]
        words[place] = word
        seen |= word
    return n if seen & net.begins and seen & net.ends else 0


@kernel
def find(events: Events, work: tuple[Sieve | None, Marks], net: Net) -> Matches:
    """Return all matches that do not overlap, person after person, in order of time."""
    longest, windows = longest_of(events), len(net.window_target)
    room = Story(
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(longest, np.uint64),
        np.empty((len(net.bounds) - 1, longest), np.int32),
        np.empty((windows, longest), np.int32),
        np.empty((windows, longest), np.int32),
        np.empty((windows, 3), np.int64),
    )
    groups = len(net.groups)
    matches = Matches(
        np.empty(FIRST_ROOM, np.int64),
        np.empty(FIRST_ROOM, np.int64),
        np.empty(FIRST_ROOM, np.int64),
        np.empty((FIRST_ROOM, groups, FIGURES), np.int64),
    )
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        n = tell(events, work, net, person, room)
        if n == 0:
            continue
        story = Story(
            room.row[:n],
            room.time[:n],
            room.word[:n],
            room.end,
            room.reach,
            room.queue,
            room.marks,
        )
        look_back(net, story)
        place = 0
        while place < len(story.row):
            position = begin(net, story, place)
            if position < 0:
                if net.anchors[0]:
                    break
                place += 1
                continue
            if found == len(matches.person):
                matches = roomier(matches)
            matches.groups[found, :, FIRST : LAST + 1] = -1
            matches.groups[found, :, TIMES] = 0
            ended = follow(net, story, (place, position), matches.groups[found])
            matches.person[found] = person
            matches.first[found] = story.row[place]
            matches.last[found] = story.row[ended]
            found += 1
            if net.anchors[0]:
                break
            place = ended + 1
    return Matches(
        matches.person[:found].copy(),
        matches.first[:found].copy(),
        matches.last[:found].copy(),
        matches.groups[:found].copy(),
    )
