"""Findings of a whole history, grouped into problems once; what every question about them reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hamsafar.friction.comparing import Moments, moments_of, places_of
from hamsafar.friction.definitions import DEFINITIONS, Settings
from hamsafar.friction.detect import cause_of, tracks
from hamsafar.friction.facts import Facts
from hamsafar.friction.life import Fact
from hamsafar.friction.types import Detector, ProblemId, Track
from hamsafar.storage.types import I64

SYMPTOMS = frozenset(d for d in Detector if DEFINITIONS[d].is_symptom)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The findings of one detector, aligned.

    Attributes:
        group: i64, index into `groups`: which problem.
        groups: the problems.
        person, first_at, last_at, lost: i64; times in µs UTC, lost in µs.
        channel: i64, code.
        where: i64, `comparing.places_of` the events the trouble is at.
    """

    group: I64
    groups: tuple[ProblemId, ...]
    person: I64
    first_at: I64
    last_at: I64
    lost: I64
    channel: I64
    where: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A history with everything found in it.

    Attributes:
        facts: what detectors saw.
        tracks: where each found something.
        lanes: the same, grouped into problems.
        moments: what findings are compared with.
        settings: how the detectors worked.
    """

    facts: Facts = field(repr=False)
    tracks: Mapping[Detector, Track] = field(repr=False)
    lanes: Mapping[Detector, Lane] = field(repr=False)
    moments: Moments = field(repr=False)
    settings: Settings


def board_of(facts: Facts, settings: Settings) -> Board:
    """Return everything the detectors find in a history."""
    found = tracks(facts, settings)
    return Board(
        facts=facts,
        tracks=found,
        lanes={detector: _lane(facts, detector, one) for detector, one in found.items()},
        moments=moments_of(facts),
        settings=settings,
    )


def exposures(board: Board, detector: Detector, problem: ProblemId) -> I64:
    """Return where people met a problem, whatever came of it; as `comparing.places_of`.

    For most detectors that are its findings. Some find a bad *end* (a drop after an error): there
    everybody who met the same thing at the same place counts, or the cost would be assumed.
    """
    bits = DEFINITIONS[detector].exposed_by
    lane = board.lanes[detector]
    if not bits:
        group = lane.groups.index(problem)
        met: I64 = lane.where[lane.group == group]
        return met
    code = board.facts.sequences.names.index(problem.place)
    parts: list[I64] = []
    for number, life in enumerate(board.facts.lives):
        chunk = board.facts.sequences.chunks[number]
        rows = np.flatnonzero(((life.facts & (bits | Fact.IGNORED)) == bits) & (chunk.code == code))
        same = [
            r for r in rows.tolist() if cause_of(board.facts, detector, number, r) == problem.cause
        ]
        parts.append(places_of(np.full(len(same), number), np.array(same, np.int64)))
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _lane(facts: Facts, detector: Detector, found: Track) -> Lane:
    groups: dict[ProblemId, int] = {}
    sequences = facts.sequences
    size = len(found.anchor)
    group = np.zeros(size, np.int64)
    columns = np.zeros((4, size), np.int64)
    for at in range(size):
        number, row = int(found.chunk[at]), int(found.anchor[at])
        chunk = sequences.chunks[number]
        problem = ProblemId(
            detector=detector,
            place=sequences.names[int(chunk.code[row])],
            cause=cause_of(facts, detector, number, row),
        )
        group[at] = groups.setdefault(problem, len(groups))
        columns[:, at] = (
            int(chunk.person[row]),
            int(chunk.time[found.first[at]]),
            int(chunk.time[found.last[at]]),
            int(facts.lives[number].channel[row]),
        )
    return Lane(
        group=group,
        groups=tuple(groups),
        person=columns[0],
        first_at=columns[1],
        last_at=columns[2],
        lost=found.lost,
        channel=columns[3],
        where=places_of(found.chunk, found.anchor),
    )
