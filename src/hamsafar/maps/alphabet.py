"""The alphabet of a map: which events of the history are which of its touchpoints.

An event becomes a *symbol*: the touchpoints it may be, those of them whose channels do not include
its own, and then its channel. Equal symbols look equal to the map, so variants are told apart by
them and not by names.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar import expr
from hamsafar.journeys import Sequences, Symbols, mask_of
from hamsafar.maps.automaton import Machine
from hamsafar.maps.types import JourneyMap, Touchpoint
from hamsafar.maps.walk import touchpoints_of
from hamsafar.storage.types import I64, U64

U8 = NDArray[np.uint8]

ANY_CHANNEL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """The symbols of a map in one history; number 0 is no step.

    Attributes:
        symbols: which events they are.
        match: u64[k], bits of the touchpoints a symbol may be.
        wrong: u64[k], of those, the ones not allowed in its channel.
        channel: i64[k], its channel where that is wrong for any, else `ANY_CHANNEL`.
        unknown_events: events the map names that the history does not know.
        unknown_channels: channels likewise.
    """

    symbols: Symbols = field(repr=False)
    match: U64
    wrong: U64
    channel: I64
    unknown_events: tuple[str, ...]
    unknown_channels: tuple[str, ...]


def alphabet_of(journey: JourneyMap, machine: Machine, sequences: Sequences) -> Alphabet:
    """Return the symbols of a map in a history."""
    touchpoints = touchpoints_of(journey)
    may_be = _matches(touchpoints, sequences.names)
    allowed = _allowed(touchpoints, sequences.channels)
    channels = len(sequences.channels)
    asking = [number for number, one in enumerate(touchpoints) if one.where]
    asked = sum(1 << number for number in asking)
    table = np.zeros((len(sequences.names), channels + 1, 1 << len(asking)), np.uint32)
    found: dict[tuple[int, int, int], int] = {(0, 0, ANY_CHANNEL): 0}
    for pattern in range(1 << len(asking)):
        held = sum(1 << number for at, number in enumerate(asking) if pattern >> at & 1)
        for code, bits in may_be.items():
            match = parted(bits & (~asked | held), machine)
            for channel in range(channels + 1):
                wrong = match & ~allowed[channel]
                symbol = (match, wrong, channel if wrong else ANY_CHANNEL)
                table[code, channel, pattern] = found.setdefault(symbol, len(found))
    named = {name for one in touchpoints for name in one.events}
    places = {name for one in touchpoints for name in one.channels}
    return Alphabet(
        symbols=Symbols(table=table, patterns=_patterns(touchpoints, sequences)),
        match=np.array([match for match, _, _ in found], np.uint64),
        wrong=np.array([wrong for _, wrong, _ in found], np.uint64),
        channel=np.array([channel for _, _, channel in found], np.int64),
        unknown_events=tuple(sorted(named - set(sequences.names))),
        unknown_channels=tuple(sorted(places - set(sequences.channels))),
    )


def columns_read(journey: JourneyMap) -> expr.Fields:
    """Return which properties, context and traits the touchpoints' conditions read."""
    found = expr.NOTHING
    for one in touchpoints_of(journey):
        if one.where:
            read = expr.fields(expr.parse(one.where))
            found |= expr.for_names(read, frozenset(one.events))
    return found


def _patterns(touchpoints: tuple[Touchpoint, ...], sequences: Sequences) -> tuple[U8, ...] | None:
    """Return for each chunk u8[n], which of the conditions hold of each event; None without any."""
    asking = [one for one in touchpoints if one.where]
    if not asking:
        return None
    held = [np.zeros(len(chunk.time), np.uint8) for chunk in sequences.chunks]
    for at, one in enumerate(asking):
        masks = mask_of(sequences, expr.parse(one.where), where=f"{one.id}.where")
        for chunk, mask in enumerate(masks):
            held[chunk] |= mask << np.uint8(at)
    return tuple(held)


def parted(bits: int, machine: Machine) -> int:
    """Return the touchpoints an event may be, in one part of each any-order block at most.

    Events named in two parts are refused in a map; conditions may still overlap. Then the earlier
    part takes the event.
    """
    for first, last in machine.parts.tolist():
        parts = [int(machine.context[part]) for part in range(first, last)]
        taken = next((part for part in parts if bits & part), 0)
        for part in parts:
            if part != taken:
                bits &= ~part
    return bits


def _matches(touchpoints: tuple[Touchpoint, ...], names: tuple[str, ...]) -> dict[int, int]:
    """Return for each code that is any touchpoint the bits of those it is."""
    codes = {name: code for code, name in enumerate(names)}
    found: dict[int, int] = {}
    for number, one in enumerate(touchpoints):
        for name in one.events:
            if name in codes:
                found[codes[name]] = found.get(codes[name], 0) | 1 << number
    return found


def _allowed(touchpoints: tuple[Touchpoint, ...], channels: tuple[str, ...]) -> list[int]:
    """Return for each channel, and for any other, the touchpoints it is right for."""
    anywhere = sum(1 << n for n, one in enumerate(touchpoints) if not one.channels)
    return [
        anywhere | sum(1 << n for n, one in enumerate(touchpoints) if name in one.channels)
        for name in channels
    ] + [anywhere]
