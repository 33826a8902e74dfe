"""Filters made into lookup tables, once per chunk; kernels then test each event without copying."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from hamsafar.journeys.sequences import TIME_LIMIT_US, Sequences, events_of
from hamsafar.journeys.shards import U8, Shard, Sieve, cut, frozen
from hamsafar.journeys.types import Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import U16, Flag, SortedChunk

LEFT_OUT = 1 << 15
"""A bit of `SortedChunk.flags` that no stored event has: a query's condition left this one out."""

_CODES = 1 << 16


def shards_of(sequences: Sequences, filters: Filters, pieces: int) -> list[Shard]:
    """Return the whole work under these filters, cut into about `pieces` even pieces.

    Raises:
        BadInput: a filter names an event or channel that does not exist, or the range is empty.
    """
    sieves = sieves_of(sequences, filters)
    total = sum(len(chunk.time) for chunk in sequences.chunks) or 1
    return [
        Shard(chunk=number, events=piece, sieve=sieve)
        for number, (chunk, sieve) in enumerate(zip(sequences.chunks, sieves, strict=True))
        for piece in cut(events_of(chunk), -(-len(chunk.time) * pieces // total))
    ]


def sieves_of(sequences: Sequences, filters: Filters) -> list[Sieve | None]:
    """Return the lookup tables for each chunk; None where every event of it counts.

    Raises:
        BadInput: a filter names an event or channel that does not exist, or the range is empty.
    """
    code_ok = _codes_ok(sequences.names, filters)
    channel_ok = _channels_ok(sequences.channels, filters.channels)
    source_ok = _table(_CODES, filters.sources)
    low, high = range_of(filters.from_us, filters.to_us)
    blocked = LEFT_OUT
    blocked |= 0 if filters.technical else Flag.TECHNICAL
    blocked |= 0 if filters.derived else Flag.DERIVED
    is_open = all(table.all() for table in (code_ok, channel_ok, source_ok))
    is_open = is_open and filters.from_us is None and filters.to_us is None

    def sieve_of(chunk: SortedChunk) -> Sieve | None:
        flags, flags_mask = _masked(chunk.flags, plays=True)
        if is_open and not flags_mask and not int(flags[0]) & blocked:
            return None
        channel, channel_mask = _masked(chunk.channel, plays=filters.channels is not None)
        source, source_mask = _masked(chunk.source, plays=filters.sources is not None)
        return Sieve(
            code_ok=code_ok,
            channel=channel,
            channel_ok=channel_ok,
            channel_mask=channel_mask,
            source=source,
            source_ok=source_ok,
            source_mask=source_mask,
            flags=flags,
            flags_mask=flags_mask,
            blocked=np.uint16(blocked),
            from_us=low,
            to_us=high,
        )

    return [sieve_of(chunk) for chunk in sequences.chunks]


def open_sieve(chunk: SortedChunk, names: int) -> Sieve:
    """Return a sieve every event of a chunk passes, for kernels that know no `None`.

    A kernel is compiled anew for each type it meets, and the large ones take a minute.
    """
    flags, flags_mask = _masked(chunk.flags, plays=False)
    channel, channel_mask = _masked(chunk.channel, plays=False)
    source, source_mask = _masked(chunk.source, plays=False)
    return Sieve(
        code_ok=_table(names, None),
        channel=channel,
        channel_ok=_table(_CODES, None),
        channel_mask=channel_mask,
        source=source,
        source_ok=_table(_CODES, None),
        source_mask=source_mask,
        flags=flags,
        flags_mask=flags_mask,
        blocked=np.uint16(0),
        from_us=-TIME_LIMIT_US,
        to_us=TIME_LIMIT_US + 1,
    )


def code_of(names: Sequence[str], name: str, where: str) -> int:
    """Return the code of an event name.

    Raises:
        BadInput: there is no such name.
    """
    try:
        return names.index(name)
    except ValueError:
        raise BadInput(f"no event is named {name!r}", where=where) from None


def range_of(from_us: int | None, to_us: int | None) -> tuple[int, int]:
    """Return the range within what a time can be, so that any integer may be asked for.

    Raises:
        BadInput: the range is empty.
    """
    if from_us is not None and to_us is not None and from_us >= to_us:
        raise BadInput(f"to ({to_us}) must be after from ({from_us})", where="to")
    least, beyond = -TIME_LIMIT_US, TIME_LIMIT_US + 1
    low = least if from_us is None else min(max(from_us, least), beyond)
    high = beyond if to_us is None else min(max(to_us, least), beyond)
    return low, high


def _codes_ok(names: Sequence[str], filters: Filters) -> U8:
    code_by_name = {name: code for code, name in enumerate(names)}
    for where, wanted in (("include", filters.include), ("exclude", filters.exclude)):
        unknown = sorted((wanted or frozenset()) - code_by_name.keys())
        if unknown:
            raise BadInput(f"no event is named {unknown[0]!r}", where=where)
    included = None if filters.include is None else [code_by_name[n] for n in filters.include]
    ok = _table(len(names), included).copy()
    ok[[code_by_name[name] for name in filters.exclude]] = 0
    return frozen(ok)


def _channels_ok(channels: Sequence[str], wanted: frozenset[str] | None) -> U8:
    unknown = sorted((wanted or frozenset()) - set(channels))
    if unknown:
        raise BadInput(f"no channel is named {unknown[0]!r}", where="channel")
    codes = None if wanted is None else [c for c, name in enumerate(channels) if name in wanted]
    return _table(_CODES, codes)


def _table(size: int, ok: Iterable[int] | None) -> U8:
    if ok is None:
        return frozen(np.ones(size, np.uint8))
    table = np.zeros(size, np.uint8)
    table[[code for code in ok if 0 <= code < size]] = 1
    return frozen(table)


def _masked(column: U16, *, plays: bool) -> tuple[U16, int]:
    """Return a column with mask -1, or one element with mask 0 where it plays no part.

    One element stands for all events; when the column plays no part its table holds only ones.
    """
    if plays and len(column) > 1:
        return column, -1
    return (column[:1] if len(column) else frozen(np.zeros(1, np.uint16))), 0
