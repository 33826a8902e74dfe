"""Kernels of sessions: what lies between long silences."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.journeys.kernels.edges import bin_of
from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.marking import place_of
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import Events, Rows, Sieve
from hamsafar.storage.types import I64, U16

SESSIONS, PEOPLE, EVENTS, SINGLE, FIGURES = 0, 1, 2, 3, 4
ALL, ALONE, LENGTH = 0, 1, 2
EVERYWHERE = -1

Int = int | np.int64


class Silences(NamedTuple):
    """When a session ends.

    Attributes:
        channel: u16[n] of each event, or one for all.
        channel_mask: -1, or 0 when one stands for all.
        gaps: i64[channels], the longest silence in µs after an event of the channel.
        bounds: i64[b], rising µs: the classes of lengths.
    """

    channel: U16
    channel_mask: int
    gaps: I64
    bounds: I64


class SessionTally(NamedTuple):
    """What counting writes to, by the channel a session begins in.

    Attributes:
        figures: i64[channels + 1, 4], sessions, people, events, single; the last row is all.
        lengths: i64[b], sessions by class of length.
        took: i64[channels + 1, bins], histogram of lengths in µs.
        events: i64[channels + 1, bins], histogram of events per session.
        last: i64[channels], the person last seen; begins with -1.
    """

    figures: I64
    lengths: I64
    took: I64
    events: I64
    last: I64


@kernel
def close(
    tally: SessionTally, bounds: I64, session: tuple[int, int, int, int], wanted: tuple[int, int]
) -> bool:
    """Count a session (person, channel, length, events); return whether it is of the wanted cell."""
    person, channel, took, events = session
    everywhere = len(tally.figures) - 1
    kind, value = wanted
    place = place_of(bounds, took)
    tally.lengths[place] += 1
    for row in (channel, everywhere):
        tally.figures[row, SESSIONS] += 1
        tally.figures[row, EVENTS] += events
        tally.figures[row, SINGLE] += events == 1
        tally.took[row, bin_of(took)] += 1
        tally.events[row, bin_of(events)] += 1
    if tally.last[channel] != person:
        tally.last[channel] = person
        tally.figures[channel, PEOPLE] += 1
    if kind == LENGTH:
        return bool(place == value)
    return bool((value in (EVERYWHERE, channel)) and (kind == ALL or events == 1))


@kernel
def fill(rows: Rows, found: int, row: tuple[int, int, Int]) -> int:
    """Write a person (place, times, last time) into a row, if they have any; return how many rows."""
    if row[1] == 0 or len(rows.who) == 0:
        return found
    rows.who[found], rows.counts[found], rows.last_at[found] = row
    return found + 1


@kernel
def sessionise(
    events: Events,
    work: tuple[Sieve | None, Silences],
    tally: SessionTally,
    wanted: tuple[int, int],
    rows: Rows,
) -> int:
    """Count sessions into `tally`; return how many people of the wanted cell were filled in.

    `wanted` is (kind, channel or class of length); no room in `rows` means nobody is asked for.
    """
    sieve, silences = work
    everywhere = len(tally.figures) - 1
    found = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        size, channel, begun, before, gap = 0, 0, np.int64(0), np.int64(0), np.int64(0)
        times, last = 0, np.int64(0)
        for i in range(events.starts[person], events.starts[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            at = events.time[i]
            if size and at - before > gap:
                session = (person, channel, int(before - begun), size)
                if close(tally, silences.bounds, session, wanted):
                    times += 1
                    last = before
                size = 0
            where = int(silences.channel[i & silences.channel_mask])
            if size == 0:
                begun, channel = at, where
            size += 1
            before = at
            gap = silences.gaps[where]
        if size == 0:
            continue
        tally.figures[everywhere, PEOPLE] += 1
        if close(tally, silences.bounds, (person, channel, int(before - begun), size), wanted):
            times += 1
            last = before
        found = fill(rows, found, (person, times, last))
    return found


@kernel
def split(events: Events, work: tuple[Sieve | None, Silences], out: tuple[I64, I64]) -> int:
    """Fill `out` (start, person's place) with each session's first row; return how many.

    What does not count stays with what came before it.
    """
    sieve, silences = work
    starts, who = out
    found = 0
    for person in range(events.lo, events.hi):
        starts[found] = events.starts[person]
        who[found] = person
        found += 1
        is_first = True
        before, gap = np.int64(0), np.int64(0)
        for i in range(events.starts[person], events.starts[person + 1]):
            if not is_kept(events, sieve, i):
                continue
            at = events.time[i]
            if not is_first and at - before > gap:
                starts[found] = i
                who[found] = person
                found += 1
            is_first = False
            before = at
            gap = silences.gaps[np.int64(silences.channel[i & silences.channel_mask])]
    return found
