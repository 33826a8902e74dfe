"""Rows of the manifest: which files make up the history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeVar

import msgspec

from hamsafar.storage.ports import Tx
from hamsafar.storage.types import Column, Kind, Row, Statement, Upsert

WHOLE = -1
"""Bucket of a segment that is not split by person."""
MIXED = ""
"""Period of a segment that gathers thin months."""


class Level(IntEnum):
    """How far a segment has come."""

    FRESH = 0
    FILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Numeric columns of some events: one file `{id}.columns`.

    Attributes:
        period: `2026-11`, `2026-11-05`, or MIXED.
        bucket: hash of the person, or WHOLE.
        identity_version: whose persons it is sorted by; 0 for L0.
    """

    id: str
    level: int
    period: str
    bucket: int
    rows: int
    bytes: int
    time_min: int
    time_max: int
    seq_min: int
    seq_max: int
    identity_version: int
    format: int
    added_in: int
    created_at: int

    @property
    def file(self) -> str:
        """Return its file name."""
        return f"{self.id}.columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """Cold dedup keys: one file `{id}.keys`."""

    id: str
    rows: int
    bytes: int
    received_min: int
    received_max: int
    added_in: int

    @property
    def file(self) -> str:
        """Return its file name."""
        return f"{self.id}.keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Payloads with places in [place_min, place_max]: one file `{id}.payloads`."""

    id: str
    rows: int
    bytes: int
    place_min: int
    place_max: int
    added_in: int

    @property
    def file(self) -> str:
        """Return its file name."""
        return f"{self.id}.payloads"


Entry = Segment | KeySet | Pack
E = TypeVar("E", Segment, KeySet, Pack)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All files of one version of the history.

    Attributes:
        segments: in order of adding.
        packs: in order of place; their ranges are disjoint.
        keys: in order of `received_min`.
    """

    version: int
    segments: tuple[Segment, ...] = ()
    packs: tuple[Pack, ...] = ()
    keys: tuple[KeySet, ...] = ()

    def files(self) -> set[str]:
        """Return the names of all files."""
        entries: list[Entry] = [*self.segments, *self.packs, *self.keys]
        return {entry.file for entry in entries}


VERSION = Statement("manifest.version", "SELECT version FROM manifest WHERE id = 1")
BUMP = Statement(
    "manifest.bump",
    "INSERT INTO manifest (id, version) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET version = manifest.version + 1 RETURNING version",
)
SEGMENTS = Statement(
    "segment.all",
    "SELECT id, level, period, bucket, rows, bytes, time_min, time_max, seq_min, seq_max, "
    "identity_version, format, added_in, created_at FROM segment ORDER BY added_in, id",
)
PACKS = Statement(
    "payload_file.all",
    "SELECT id, rows, bytes, place_min, place_max, added_in FROM payload_file ORDER BY place_min",
)
KEYS = Statement(
    "key_file.all",
    "SELECT id, rows, bytes, received_min, received_max, added_in FROM key_file "
    "ORDER BY received_min, id",
)
DROP_SEGMENT = Statement("segment.drop", "DELETE FROM segment WHERE id = :id")
DROP_PACK = Statement("payload_file.drop", "DELETE FROM payload_file WHERE id = :id")
DROP_KEYS = Statement("key_file.drop", "DELETE FROM key_file WHERE id = :id")
DROP_OLD_KEYS = Statement("key_file.drop_old", "DELETE FROM key_file WHERE received_max < :before")

TEXT_FIELDS = ("id", "period")
SEGMENT_FIELDS = tuple(Segment.__dataclass_fields__)
PACK_FIELDS = tuple(Pack.__dataclass_fields__)
KEY_FIELDS = tuple(KeySet.__dataclass_fields__)


def read_version(tx: Tx) -> int:
    """Return the manifest's version; 0 before the first flush."""
    rows = tx.rows(VERSION)
    return _int(rows[0][0]) if rows else 0


def bump_version(tx: Tx) -> int:
    """Return the next version, which this transaction makes."""
    return _int(tx.rows(BUMP)[0][0])


def read_manifest(tx: Tx) -> Manifest:
    """Return the whole manifest."""
    return Manifest(
        version=read_version(tx),
        segments=tuple(_entry(Segment, SEGMENT_FIELDS, row) for row in tx.rows(SEGMENTS)),
        packs=tuple(_entry(Pack, PACK_FIELDS, row) for row in tx.rows(PACKS)),
        keys=tuple(_entry(KeySet, KEY_FIELDS, row) for row in tx.rows(KEYS)),
    )


def add(tx: Tx, entries: list[Entry], version: int) -> None:
    """Register files as added in this version."""
    for entry in entries:
        _insert(tx, replace(entry, added_in=version))


def drop(tx: Tx, entries: list[Entry]) -> bool:
    """Unregister files; return False if one was not registered (any more)."""
    gone = 0
    for entry in entries:
        gone += tx.run(_drop_statement(entry), {"id": entry.id})
    return gone == len(entries)


def _entry(kind: type[E], fields: tuple[str, ...], row: Row) -> E:
    return msgspec.convert(dict(zip(fields, row, strict=True)), kind)


def _drop_statement(entry: Entry) -> Statement:
    match entry:
        case Segment():
            return DROP_SEGMENT
        case KeySet():
            return DROP_KEYS
        case Pack():
            return DROP_PACK


def _insert(tx: Tx, entry: Entry) -> None:
    match entry:
        case Segment():
            table, fields = "segment", SEGMENT_FIELDS
        case KeySet():
            table, fields = "key_file", KEY_FIELDS
        case Pack():
            table, fields = "payload_file", PACK_FIELDS
    columns = tuple(Column(name, Kind.TEXT if name in TEXT_FIELDS else Kind.INT) for name in fields)
    row: Row = tuple(getattr(entry, name) for name in fields)
    tx.upsert(Upsert(table, columns, key=("id",), update=fields[1:]), [row])


def _int(value: object) -> int:
    if not isinstance(value, int):
        message = f"manifest holds {value!r} where a number was expected"
        raise TypeError(message)
    return value
