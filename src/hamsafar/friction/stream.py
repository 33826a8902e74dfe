"""Findings as rows of the table `finding`, and what changes between two looks at somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from hamsafar.friction.types import Detector, Finding
from hamsafar.journeys import Sequences
from hamsafar.kernel.ids import digest128
from hamsafar.storage.types import I64, SortedChunk

_evidence = msgspec.msgpack.Decoder(tuple[int, ...]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row of the table.

    Attributes:
        id: of the finding; the same as long as detector, first event and place are.
        found_at, withdrawn_at: µs UTC; a finding may be withdrawn and found again.
    """

    id: str
    finding: Finding
    found_at: int
    withdrawn_at: int | None = None


def id_of(finding: Finding) -> str:
    """Return the id of a finding."""
    return digest128(*map(str, finding.key)).hex()


def differences(known: Mapping[str, Kept], found: Iterable[Finding], now_us: int) -> list[Kept]:
    """Return the rows to write so that the table holds exactly what is found now.

    Args:
        known: rows of the same people, withdrawn ones too, and of the findings now, by id.
        found: everything found of these people.
        now_us: µs UTC.
    """
    now = {id_of(finding): finding for finding in found}
    rows: list[Kept] = []
    for key, finding in now.items():
        old = known.get(key)
        if old is None or old.withdrawn_at is not None:
            rows.append(Kept(id=key, finding=finding, found_at=now_us))
        elif old.finding != finding:
            rows.append(replace(old, finding=finding))
    gone = [row for key, row in known.items() if key not in now and row.withdrawn_at is None]
    return rows + [replace(row, withdrawn_at=now_us) for row in gone]


def to_row(kept: Kept) -> tuple[str | int | bytes | None, ...]:
    """Return a row in the order of `store.COLUMNS`."""
    one = kept.finding
    return (
        kept.id,
        one.detector.value,
        one.place,
        one.cause,
        one.channel,
        one.person,
        one.matter,
        one.first_at,
        one.last_at,
        one.lost_us,
        one.anchor,
        msgspec.msgpack.encode(one.evidence),
        kept.found_at,
        kept.withdrawn_at,
    )


def from_row(row: tuple[object, ...]) -> Kept:
    """Return what a row of `store.COLUMNS` says."""
    evidence = row[11]
    seqs = _evidence(evidence) if isinstance(evidence, bytes) else ()
    person, first, last, lost, anchor = (int(str(row[i])) for i in (5, 7, 8, 9, 10))
    return Kept(
        id=str(row[0]),
        finding=Finding(
            detector=Detector(str(row[1])),
            place=str(row[2]),
            cause=str(row[3]),
            channel=str(row[4]),
            person=person,
            matter=str(row[6]),
            first_at=first,
            last_at=last,
            lost_us=lost,
            anchor=anchor,
            evidence=seqs,
        ),
        found_at=int(str(row[12])),
        withdrawn_at=None if row[13] is None else int(str(row[13])),
    )


def people_of(sequences: Sequences) -> I64:
    """Return everybody with an event, rising."""
    own = [
        chunk.person[chunk.starts[:-1]][... if chunk.skip is None else ~chunk.skip]
        for chunk in sequences.chunks
        if len(chunk.starts) > 1
    ]
    nobody = np.zeros(0, np.int64)
    everybody: I64 = np.unique(np.concatenate([nobody, *own])).astype(np.int64)
    return everybody


def of_people(sequences: Sequences, persons: I64) -> Sequences:
    """Return the events of some people alone.

    Args:
        sequences: of everybody, without properties.
        persons: whose, rising.
    """
    parts = [_of_people(chunk, persons) for chunk in sequences.chunks]
    return Sequences.from_chunks(
        [part for part in parts if part is not None],
        names=sequences.names,
        channels=sequences.channels,
    )


def _of_people(chunk: SortedChunk, persons: I64) -> SortedChunk | None:
    if len(chunk.starts) < 2:
        return None
    starts = np.asarray(chunk.starts)
    is_wanted = np.isin(chunk.person[starts[:-1]], persons)
    if chunk.skip is not None:
        is_wanted &= ~chunk.skip
    places = np.flatnonzero(is_wanted)
    if not len(places):
        return None
    lengths = starts[places + 1] - starts[places]
    ends = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.repeat(starts[places] - ends[:-1], lengths) + np.arange(ends[-1])

    def some(column: np.typing.NDArray[np.uint16]) -> np.typing.NDArray[np.uint16]:
        return column if len(column) == 1 else column[rows]

    return SortedChunk(
        person=chunk.person[rows],
        time=chunk.time[rows],
        code=chunk.code[rows],
        channel=some(chunk.channel),
        source=some(chunk.source),
        flags=some(chunk.flags),
        seq=chunk.seq[rows],
        starts=ends,
    )
