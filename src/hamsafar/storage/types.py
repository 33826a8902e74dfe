"""Nouns that cross the storage ports: statements, log records, event columns, segments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
U32 = NDArray[np.uint32]
U16 = NDArray[np.uint16]

NodeId = NewType("NodeId", int)
PersonId = NewType("PersonId", int)
Seq = NewType("Seq", int)

BEGINNING = -(1 << 63)
"""Before every time, µs UTC."""

SEQ_BITS = 20
"""A seq is `offset << SEQ_BITS | index`: log record, then place of the event in it."""

Value = str | int | float | bytes | bool | None
Row = tuple[Value, ...]


class Lane(StrEnum):
    """Which river an event came down: `live` from touchpoints, `bulk` from imports and replays."""

    LIVE = "live"
    BULK = "bulk"


class Kind(StrEnum):
    """Column types that mean the same on every database."""

    INT = "int"
    REAL = "real"
    TEXT = "text"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Statement:
    r"""A named SQL text, valid on SQLite and PostgreSQL, with `:name` parameters.

    Inside a literal write a colon before a word as `\:`. Test a parameter for null as
    `:name IS NULL`; give one whose type nothing shows as `CAST(:name AS BIGINT)`.
    """

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a bulk statement."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Upsert:
    """Insert many rows at once; on a clash of `key` set `update` (empty: keep the old row).

    The order of values in a row is the order of `columns`.
    """

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    update: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """Fetch `columns` of many rows by one key column; missing keys give no row.

    `key` is the key column; it may stand among `columns` too. Order of the result is not defined.
    """

    table: str
    columns: tuple[str, ...]
    key: Column


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete many rows by one key column."""

    table: str
    key: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """One durable row of the log: a blob holding `count` events, opaque to storage."""

    offset: int
    lane: Lane
    count: int
    appended_at: int
    blob: bytes


@dataclass(frozen=True, slots=True)
class Rewritten:
    """How far a rewrite of the log came.

    Attributes:
        changed: how many records it replaced.
        through: every record up to this offset, of either lane, went through it.
    """

    changed: int
    through: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEnd:
    """How far a lane reaches.

    Attributes:
        offset: offset of the newest record, 0 when there is none yet.
        events: events ever appended to the lane (also those dropped since).
        bytes: bytes the log takes on disk now.
    """

    offset: int
    events: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """n events as columns, aligned by index. Times are µs UTC.

    Attributes:
        node: i64[n], the event's node.
        occurred_at: i64[n], corrected client time.
        received_at: i64[n].
        seq: i64[n], unique.
        code: u32[n], event name code (`name` table).
        channel: u16[n], touchpoint code (`channel` table).
        source: u16[n], source id.
        flags: u16[n], bits of `Flag`.
        fp_hi: u64[n], high half of the fingerprint of (source, message id).
        fp_lo: u64[n], low half.
        body: u64[n], hash of the event's body, for `id_conflict`.
        payload: n byte strings: the stored form of each event (see `collect.payload`).
    """

    node: I64
    occurred_at: I64
    received_at: I64
    seq: I64
    code: U32
    channel: U16
    source: U16
    flags: U16
    fp_hi: U64
    fp_lo: U64
    body: U64
    payload: list[bytes]

    def __len__(self) -> int:
        """Return n."""
        return len(self.node)


NUMERIC_COLUMNS: tuple[tuple[str, str], ...] = (
    ("node", "<i8"),
    ("occurred_at", "<i8"),
    ("received_at", "<i8"),
    ("seq", "<i8"),
    ("code", "<u4"),
    ("channel", "<u2"),
    ("source", "<u2"),
    ("flags", "<u2"),
    ("fp_hi", "<u8"),
    ("fp_lo", "<u8"),
    ("body", "<u8"),
)
"""Name and numpy dtype of every numeric column of `Columns`, in order."""


class Flag:
    """Bits of `Columns.flags`."""

    DERIVED = 1
    """Made by Hamsafar itself (`origin = hamsafar`)."""
    TECHNICAL = 2
    """identify, group, alias: not a journey step by default."""
    HISTORICAL = 4
    """Came down the bulk lane."""
    BOT = 8
    """A crawler or internal traffic, kept by the source's wish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFilter:
    """Which events of a timeline are wanted; the default takes all.

    Attributes:
        codes: event name codes, None for all.
        channels: channel codes, None for all.
        since: occurred at this time or later, µs UTC.
    """

    codes: frozenset[int] | None = None
    channels: frozenset[int] | None = None
    since: int = BEGINNING

    @property
    def narrows(self) -> bool:
        """Tell whether some events are left out by name or channel."""
        return self.codes is not None or self.channels is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryStats:
    """How large the history is.

    Attributes:
        version: of the manifest.
        fresh_segments: L0, as flushed. filed_segments: L1, as compacted.
        keys: cold dedup keys.
        files: registered files of all kinds, and `bytes` their size together.
    """

    version: int
    events: int
    fresh_segments: int
    filed_segments: int
    keys: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityView:
    """Who is who at one moment.

    Attributes:
        version: grows by one with every change of a node's person.
        person_of: u32[nodes + 1], index is the node id; 0 means unknown node.
    """

    version: int
    person_of: U32


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedChunk:
    """Events of whole persons, sorted by (person, time, seq); persons of two chunks are disjoint.

    Arrays may be memory maps: never write to them.

    Attributes:
        person: u32[n].
        time: i64[n], µs UTC.
        code: u32[n], event name code.
        channel: u16[n].
        source: u16[n].
        flags: u16[n], bits of `Flag`.
        seq: i64[n].
        starts: i64[p + 1], first row of each person; `starts[-1] == n`.
        skip: bool[p] or None; persons to leave out here because another chunk holds them whole.
    """

    person: U32
    time: I64
    code: U32
    channel: U16
    source: U16
    flags: U16
    seq: I64
    starts: I64
    skip: NDArray[np.bool_] | None = None
