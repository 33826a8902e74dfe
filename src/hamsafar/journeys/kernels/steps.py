"""Kernel of steps: the events somebody asked for, copied out person by person."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.kernels.walk import is_kept, is_skipped
from hamsafar.journeys.shards import U8, Events, Sieve
from hamsafar.storage.types import I64, U16, U32


class Wanted(NamedTuple):
    """Which events are steps, as `steps.Symbols` has them, with the chunk's columns.

    Attributes:
        rows: u32[names], row of `table` for each code; 0: no step.
        table: u32[rows, channels, patterns], symbol; 0: no step.
        channel: u16[n] or one element; `channel_mask` is -1 or 0.
        pattern: u8[n] or one element; `pattern_mask` is -1 or 0.
    """

    rows: U32
    table: np.ndarray[tuple[int, int, int], np.dtype[np.uint32]]
    channel: U16
    channel_mask: int
    pattern: U8
    pattern_mask: int


@kernel
def symbol_of(events: Events, sieve: Sieve | None, wanted: Wanted, i: int) -> int:
    """Return the symbol of an event, 0 when it is no step."""
    row = wanted.rows[events.code[i]]
    if row == 0 or not is_kept(events, sieve, i):
        return 0
    channel = int(wanted.channel[i & wanted.channel_mask])
    channel = min(channel, wanted.table.shape[1] - 1)
    return int(wanted.table[row, channel, wanted.pattern[i & wanted.pattern_mask]])


@kernel
def count_steps(events: Events, sieve: Sieve | None, wanted: Wanted) -> tuple[int, int]:
    """Return how many steps there are, and how many people have any."""
    steps = 0
    people = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = steps
        for i in range(events.starts[person], events.starts[person + 1]):
            steps += symbol_of(events, sieve, wanted, i) != 0
        people += steps > before
    return steps, people


@kernel
def copy_steps(
    events: Events,
    sieve: Sieve | None,
    wanted: Wanted,
    out: tuple[I64, U32, I64, I64, I64],
) -> None:
    """Fill `out`: time, symbol and index of each step; place and first step of each person."""
    times, symbols, index, places, starts = out
    steps = 0
    people = 0
    for person in range(events.lo, events.hi):
        if is_skipped(events, person):
            continue
        before = steps
        for i in range(events.starts[person], events.starts[person + 1]):
            symbol = symbol_of(events, sieve, wanted, i)
            if symbol != 0:
                times[steps] = events.time[i]
                symbols[steps] = symbol
                index[steps] = i
                steps += 1
        if steps > before:
            places[people] = person
            starts[people] = before
            people += 1
    starts[people] = steps
