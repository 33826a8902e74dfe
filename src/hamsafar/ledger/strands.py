"""Strands: the events of one matter, or of one person's attempt, that the ledger splits.

The event's party (who is waited for after it) comes from the map, else from its roles. A strand
counts when anybody but the customer was ever waited for in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar import expr
from hamsafar.journeys import (
    INDEX_BITS,
    Party,
    Role,
    Roles,
    Sequences,
    Steps,
    Symbols,
    mask_of,
    matter_of,
    party_after,
    steps_of,
)
from hamsafar.ledger.types import MAX_CONDITIONS, PARTIES, By, LedgerWish
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64, U32

Flags = NDArray[np.bool_]

KEEPS = -1
"""An event after which whoever was waited for still is."""
CUSTOMER = PARTIES.index(Party.CUSTOMER)
QUEUE = PARTIES.index(Party.QUEUE)
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Strands:
    """Events strand after strand, each in order of time.

    Attributes:
        person: u32[k], whose strand.
        starts: i64[k + 1].
        time: i64[m], µs UTC.
        name: i64[m], code of the event.
        channel: i64[m], code of the channel.
        party: i64[m], place in `PARTIES`, or `KEEPS`.
        ends: bool[m], it ends a contact whether or not there was an answer.
        names, channels: by code.
    """

    person: U32
    starts: I64
    time: I64 = field(repr=False)
    name: I64 = field(repr=False)
    channel: I64 = field(repr=False)
    party: I64 = field(repr=False)
    ends: Flags = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    channels: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        """Return how many strands there are."""
        return len(self.person)


def strands_of(sequences: Sequences, wish: LedgerWish, roles: Roles, compute: Compute) -> Strands:
    """Return the strands of a history.

    Args:
        sequences: with the properties that name matters, when matters are wished for.
        wish: which events, and what makes a strand.
        roles: what events are.
        compute: where the scan runs.

    Raises:
        BadInput: a filter is wrong.
    """
    names, channels = sequences.names, sequences.channels
    width = len(channels) + 1
    asking = [name for name in wish.only if name in names][:MAX_CONDITIONS]
    table = np.zeros((len(names), width, 1 << len(asking)), np.uint32)
    for code, word in enumerate(names):
        if word and (wish.names is None or word in wish.names):
            table[code] = (1 + code * width + np.arange(width))[:, None]
    for at, word in enumerate(asking):
        fails = [pattern for pattern in range(1 << len(asking)) if not pattern >> at & 1]
        table[names.index(word)][:, fails] = 0
    symbols = Symbols(table=table, patterns=_patterns(sequences, wish, asking))
    steps = steps_of(sequences, symbols, wish.filters, compute=compute)
    symbol = steps.symbol.astype(np.int64) - 1
    name, channel = symbol // width, symbol % width
    party = _parties(names, (*channels, ""), wish, roles)[name, channel]
    order, first = _grouped(sequences, steps, party, wish)
    person = np.repeat(steps.person, np.diff(steps.starts))
    ends = np.array([Role.CONTACT_END in roles[one] for one in names], np.bool_)
    return _worth(
        Strands(
            person=person[order[first[:-1]]],
            starts=first,
            time=steps.time[order],
            name=name[order],
            channel=channel[order],
            party=party[order],
            ends=ends[name[order]] if len(names) else np.zeros(0, np.bool_),
            names=names,
            channels=(*channels, ""),
        )
    )


def _patterns(
    sequences: Sequences, wish: LedgerWish, asking: Sequence[str]
) -> tuple[NDArray[np.uint8], ...] | None:
    """Return for each chunk u8[n], which of the conditions hold of each event; None without any."""
    if not asking:
        return None
    held = [np.zeros(len(chunk.time), np.uint8) for chunk in sequences.chunks]
    for at, name in enumerate(asking):
        masks = mask_of(sequences, expr.parse(wish.only[name]), where=f"only.{name}")
        for chunk, mask in enumerate(masks):
            held[chunk] |= mask << np.uint8(at)
    return tuple(held)


def _parties(
    names: tuple[str, ...], channels: tuple[str, ...], wish: LedgerWish, roles: Roles
) -> I64:
    """Return i64[names, channels]: the party after each event in each channel."""
    found = np.full((len(names), len(channels)), KEEPS, np.int64)
    for code, name in enumerate(names):
        for place, channel in enumerate(channels):
            party = wish.parties.get(name) or party_after(name, roles[name], channel)
            if party is not None:
                found[code, place] = PARTIES.index(party)
    return found


def _grouped(sequences: Sequences, steps: Steps, party: I64, wish: LedgerWish) -> tuple[I64, I64]:
    """Return the order of steps by strand and time, and where each strand starts in it."""
    who = np.repeat(np.arange(len(steps.person)), np.diff(steps.starts))
    matter = np.full(len(steps), -1, np.int64)
    if wish.by is By.MATTER:
        bounds = np.cumsum([0] + [len(chunk.time) for chunk in sequences.chunks])
        found = matter_of(sequences)
        flat = np.concatenate(found) if found else matter
        chunk, index = steps.origin >> INDEX_BITS, steps.origin & ((1 << INDEX_BITS) - 1)
        own = flat[bounds[chunk] + index] if len(flat) else matter
        matter = np.where(own >= 0, own + bounds[chunk], -1)
    # What names no matter goes by silence; without a party there it would be nobody's strand.
    loose = matter < 0
    if wish.by is By.MATTER:
        loose &= party != KEEPS
    episode = _episodes(who, steps.time, loose, wish.silence_s)
    kept = np.flatnonzero((matter >= 0) | loose)
    key = np.where(loose, -1 - episode, matter)[kept]
    order = kept[np.lexsort((kept, key, who[kept]))]
    ordered = np.where(loose, -1 - episode, matter)[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (who[order][1:] != who[order][:-1]) | (ordered[1:] != ordered[:-1])
    return order, np.append(np.flatnonzero(fresh), len(order))


def _episodes(who: I64, time: I64, loose: Flags, silence_s: float) -> I64:
    """Return a number for each loose step: equal ones of a person lie in one episode."""
    found = np.zeros(len(who), np.int64)
    rows = np.flatnonzero(loose)
    if len(rows):
        gap = np.diff(time[rows], prepend=time[rows[0]])
        other = np.diff(who[rows], prepend=who[rows[0]]) != 0
        found[rows] = np.cumsum(other | (gap > silence_s * SECOND_US))
    return found


def _worth(strands: Strands) -> Strands:
    """Return the strands in which anybody but the customer was waited for."""
    if not len(strands):
        return strands
    waits = (strands.party != KEEPS) & (strands.party != CUSTOMER)
    worth = np.add.reduceat(waits, strands.starts[:-1]) > 0
    length = np.diff(strands.starts)
    kept = np.repeat(worth, length)
    return Strands(
        person=strands.person[worth],
        starts=np.concatenate([[0], np.cumsum(length[worth])]).astype(np.int64),
        time=strands.time[kept],
        name=strands.name[kept],
        channel=strands.channel[kept],
        party=strands.party[kept],
        ends=strands.ends[kept],
        names=strands.names,
        channels=strands.channels,
    )
