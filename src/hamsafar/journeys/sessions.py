"""Sessions: what a person did between two long silences, however many channels it crossed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.drawing import BarRow, bars, card, joined
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.durations import BIN_BITS, quantiles_us
from hamsafar.journeys.filters import shards_of, sieves_of
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.funnel_chart import duration_text
from hamsafar.journeys.kernels import session_kernels
from hamsafar.journeys.sequences import Sequences, events_of
from hamsafar.journeys.shards import Rows, Shard, all_threads, frozen
from hamsafar.journeys.tallies import NO_CELL, crowd_of, room_for, taken
from hamsafar.journeys.types import EVERYTHING, CellPeople, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64, U16, SortedChunk

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from hamsafar.journeys.kernels.sessions import Silences

GAP_S = 1_800.0
"""Half an hour of silence ends a session where nothing else is said."""

MAX_GAP_S = 366 * 86_400.0
LENGTHS_S = (0.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1_800.0, 3_600.0)
"""Where the classes of lengths begin; the last is open."""

COLUMNS = ("channel", "sessions", "people", "events", "single", "median_s", "median_events")

_SECOND_US = 1_000_000
_NO_GAPS: Mapping[str, float] = MappingProxyType({})
_ALL, _ALONE, _LENGTH = 0, 1, 2
_EVERYWHERE = -1
_BINS = 1 << BIN_BITS


class _Tally(NamedTuple):
    """As `kernels.sessions.SessionTally` has it."""

    figures: I64
    lengths: I64
    took: I64
    events: I64
    last: I64


Answer = tuple[_Tally, int, Rows]
Work = tuple[Shard, U16, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSessions:
    """Sessions that began in one channel.

    Attributes:
        channel: its name.
        sessions: how many began there.
        people: whose.
        events: events in them, of whatever channel.
        single: sessions of one event.
        median_s: median length in seconds, within 1 %; NaN without sessions.
        median_events: median of events in a session, within 1 % (exact below 128).
    """

    channel: str
    sessions: int
    people: int
    events: int
    single: int
    median_s: float
    median_events: float


@dataclass(frozen=True, slots=True)
class LengthClass:
    """Sessions at least `from_s` and less than `to_s` seconds long; `to_s` None: open."""

    from_s: float
    to_s: float | None
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """What sessions there are.

    It reconciles: the channels' sessions, events and single ones add up to `everywhere`.

    Attributes:
        everywhere: all sessions; its channel is "".
        channels: by the channel of a session's first event, most sessions first.
        lengths: by length, shortest first.
    """

    everywhere: ChannelSessions
    channels: tuple[ChannelSessions, ...]
    lengths: tuple[LengthClass, ...]
    ask: Callable[[tuple[int, int]], Crowd] = field(repr=False, compare=False)
    codes: Mapping[str, int] = field(repr=False, compare=False)

    def crowd(
        self, channel: str | None = None, *, is_single: bool = False, length: int | None = None
    ) -> Crowd:
        """Return the people of a number as columns; a person's count is their sessions.

        Args:
            channel: where the sessions began; None: anywhere.
            is_single: only sessions of one event.
            length: instead, the sessions of this place in `lengths`.

        Raises:
            BadInput: there is no such channel or class.
        """
        if length is not None:
            if not 0 <= length < len(self.lengths):
                raise BadInput(f"there is no class of length {length}", where="cell")
            return self.ask((_LENGTH, length))
        if channel is not None and channel not in self.codes:
            raise BadInput(f"no session began in channel {channel!r}", where="cell")
        code = _EVERYWHERE if channel is None else self.codes[channel]
        return self.ask((_ALONE if is_single else _ALL, code))

    def people(
        self, channel: str | None = None, *, is_single: bool = False, length: int | None = None
    ) -> CellPeople:
        """Return exactly the people of a number; arguments and errors as of `crowd`."""
        return self.crowd(channel, is_single=is_single, length=length).page(0, None)

    def to_pandas(self) -> pd.DataFrame:
        """Return a row per channel.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        rows = [
            BarRow(
                c.channel or "(none)",
                c.sessions,
                joined(f"{c.sessions:,}", duration_text(c.median_s)),
            )
            for c in self.channels
        ]
        title = f"{self.everywhere.sessions:,} sessions of {self.everywhere.people:,} people"
        return card(title, bars(rows, title))

    def _rows(self) -> list[tuple[object, ...]]:
        return [tuple(getattr(c, column) for column in COLUMNS) for c in self.channels]


def sessions(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    gap_s: float = GAP_S,
    gaps_s: Mapping[str, float] = _NO_GAPS,
    compute: Compute | None = None,
) -> Sessions:
    """Cut everybody's events into sessions.

    A session ends when the silence after an event is **strictly longer** than the gap of that
    event's channel: after a call of twelve minutes one may wait longer than after a click. It may
    cross channels, and is told under that of its first event.

    Args:
        sequences: whose events.
        filters: which events count; the others vanish first.
        gap_s: the longest silence within a session, in seconds.
        gaps_s: the same for some channels, by name.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: a gap out of range, an unknown channel, or a wrong filter.
    """
    gaps = gaps_of(sequences, gap_s, gaps_s)
    workers = compute or all_threads()
    work: list[Work] = []
    for shard in shards_of(sequences, filters, workers.width):
        column = sequences.chunks[shard.chunk].channel
        work.append((shard, *_column(column)))

    def asked(wanted: tuple[int, int]) -> list[Answer]:
        return list(workers.map(partial(session_shard, gaps=gaps, wanted=wanted), work))

    def ask(wanted: tuple[int, int]) -> Crowd:
        return crowd_of(sequences, ((chunk, rows) for _, chunk, rows in asked(wanted)))

    empty = _no_sessions(len(gaps))
    tallies = [tally for tally, _, _ in asked((NO_CELL, NO_CELL))]
    whole = _Tally(*(sum(parts, none) for *parts, none in zip(*tallies, empty, strict=True)))
    return _named(whole, sequences.channels, ask)


def session_shard(work: Work, *, gaps: I64, wanted: tuple[int, int]) -> Answer:
    """Return (tally, chunk, people of the wanted cell) of one shard; pure.

    Args:
        work: a shard, its channel column, and the column's mask.
        gaps: µs by channel.
        wanted: (kind, value) of the cell; `NO_CELL`: none.
    """
    shard, channel, mask = work
    kernels = session_kernels()
    tally = kernels.SessionTally(*_no_sessions(len(gaps)))
    rows = room_for(shard, wanted[0])
    silences = _silences(channel, mask, gaps)
    found = kernels.sessionise(shard.events, (shard.sieve, silences), tally, wanted, rows)
    return _Tally(*tally), shard.chunk, taken(rows, found)


def split_sessions(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    gap_s: float = GAP_S,
    gaps_s: Mapping[str, float] = _NO_GAPS,
) -> Sequences:
    """Return the same events where each session stands as a person of its own.

    Every question then counts sessions. A session bears its person's id, so people behind a
    number come once for each of their sessions. Columns are shared, not copied.

    Args:
        sequences: whose events.
        filters: which events make silences end; what does not count stays with what came before.
        gap_s: as of `sessions`.
        gaps_s: as of `sessions`.

    Raises:
        BadInput: a gap out of range, an unknown channel, or a wrong filter.
    """
    gaps = gaps_of(sequences, gap_s, gaps_s)
    chunks: list[SortedChunk] = []
    places: list[I64] = []
    for chunk, sieve in zip(sequences.chunks, sieves_of(sequences, filters), strict=True):
        silences = _silences(*_column(chunk.channel), gaps)
        room = len(chunk.time) + len(chunk.starts)
        starts, who = np.empty(room + 1, np.int64), np.empty(room, np.int64)
        found = session_kernels().split(events_of(chunk), (sieve, silences), (starts, who))
        starts[found] = len(chunk.time)
        skip = None if chunk.skip is None else frozen(chunk.skip[who[:found]])
        places.append(who[:found])
        chunks.append(replace(chunk, starts=frozen(starts[: found + 1].copy()), skip=skip))
    traits = {
        name: replace(
            column,
            codes=tuple(
                frozen(codes[who]) for codes, who in zip(column.codes, places, strict=True)
            ),
        )
        for name, column in sequences.traits.items()
    }
    return replace(sequences, chunks=tuple(chunks), traits=traits)


def gaps_of(sequences: Sequences, gap_s: float, gaps_s: Mapping[str, float]) -> I64:
    """Return the longest silence in µs by channel code.

    Raises:
        BadInput: a gap out of range, or an unknown channel.
    """
    highest = max((int(c.channel.max(initial=0)) for c in sequences.chunks), default=0)
    gaps = np.full(max(len(sequences.channels), highest + 1), _gap("gap_s", gap_s), np.int64)
    for channel, seconds in gaps_s.items():
        if channel not in sequences.channels:
            raise BadInput(f"no channel is named {channel!r}", where="gaps_s")
        gaps[sequences.channels.index(channel)] = _gap(f"gaps_s.{channel}", seconds)
    return frozen(gaps)


def _gap(where: str, seconds: float) -> int:
    if not 0 <= seconds <= MAX_GAP_S:
        raise BadInput(f"{where} must be 0 … {MAX_GAP_S:.0f} seconds, not {seconds}", where=where)
    return round(seconds * _SECOND_US)


def _column(column: U16) -> tuple[U16, int]:
    if len(column) > 1:
        return column, -1
    return (column if len(column) else frozen(np.zeros(1, np.uint16))), 0


def _silences(channel: U16, mask: int, gaps: I64) -> Silences:
    bounds = frozen(np.array([s * _SECOND_US for s in LENGTHS_S], np.int64))
    made: Silences = session_kernels().Silences(
        channel=channel, channel_mask=mask, gaps=gaps, bounds=bounds
    )
    return made


def _no_sessions(channels: int) -> _Tally:
    return _Tally(
        figures=np.zeros((channels + 1, 4), np.int64),
        lengths=np.zeros(len(LENGTHS_S), np.int64),
        took=np.zeros((channels + 1, _BINS), np.int64),
        events=np.zeros((channels + 1, _BINS), np.int64),
        last=np.full(channels, -1, np.int64),
    )


def _named(
    whole: _Tally, channels: tuple[str, ...], ask: Callable[[tuple[int, int]], Crowd]
) -> Sessions:
    def row(code: int, name: str) -> ChannelSessions:
        count, people, events, single = whole.figures[code].tolist()
        return ChannelSessions(
            channel=name,
            sessions=count,
            people=people,
            events=events,
            single=single,
            median_s=_median(whole.took[code]) / _SECOND_US,
            median_events=_median(whole.events[code]),
        )

    names = [*channels, *[""] * (len(whole.last) - len(channels))]
    found = [code for code in range(len(names)) if whole.figures[code, 0]]
    rows = [row(code, names[code]) for code in found]
    ends = (*LENGTHS_S[1:], None)
    return Sessions(
        everywhere=row(len(names), ""),
        channels=tuple(sorted(rows, key=lambda r: (-r.sessions, r.channel))),
        lengths=tuple(map(LengthClass, LENGTHS_S, ends, whole.lengths.tolist())),
        ask=ask,
        codes=MappingProxyType({names[code]: code for code in found}),
    )


def _median(histogram: NDArray[np.int64]) -> float:
    bins = np.flatnonzero(histogram)
    if not len(bins):
        return float("nan")
    (median,) = quantiles_us(bins, histogram[bins], np.array([len(bins)]), (0.5,))
    return float(median[0])
