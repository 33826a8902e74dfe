"""Findings of a whole history, grouped into problems once; what every question about them reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from hamsafar.friction.comparing import Moments, moments_of, places_of
from hamsafar.friction.definitions import DEFINITIONS, Settings
from hamsafar.friction.detect import cause_of, tracks
from hamsafar.friction.facts import Facts, first_codes
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
        exposed: where people met a problem, of detectors that find a bad end; see `exposures`.
        moments: what findings are compared with.
        settings: how the detectors worked.
    """

    facts: Facts = field(repr=False)
    tracks: Mapping[Detector, Track] = field(repr=False)
    lanes: Mapping[Detector, Lane] = field(repr=False)
    exposed: Mapping[Detector, Mapping[ProblemId, I64]] = field(repr=False)
    moments: Moments = field(repr=False)
    settings: Settings


def board_of(facts: Facts, settings: Settings) -> Board:
    """Return everything the detectors find in a history."""
    found = tracks(facts, settings)
    return Board(
        facts=facts,
        tracks=found,
        lanes={detector: _lane(facts, detector, one) for detector, one in found.items()},
        exposed={d: _exposed(facts, d) for d in found if DEFINITIONS[d].exposed_by},
        moments=moments_of(facts),
        settings=settings,
    )


def exposures(board: Board, detector: Detector, problem: ProblemId) -> I64:
    """Return where people met a problem, whatever came of it; as `comparing.places_of`.

    For most detectors that are its findings. Some find a bad *end* (a drop after an error): there
    everybody who met the same thing at the same place counts, or the cost would be assumed.
    """
    if DEFINITIONS[detector].exposed_by:
        return board.exposed[detector].get(problem, np.zeros(0, np.int64))
    lane = board.lanes[detector]
    met: I64 = lane.where[lane.group == lane.groups.index(problem)]
    return met


def _lane(facts: Facts, detector: Detector, found: Track) -> Lane:
    groups: dict[ProblemId, int] = {}
    size = len(found.anchor)
    group = np.zeros(size, np.int64)
    columns = np.zeros((4, size), np.int64)
    for number, chunk in enumerate(facts.sequences.chunks):
        at = np.flatnonzero(found.chunk == number)
        rows = found.anchor[at]
        for problem, own in _by_problem(facts, detector, number, rows):
            group[at[own]] = groups.setdefault(problem, len(groups))
        columns[0, at] = chunk.person[rows]
        columns[1, at] = chunk.time[found.first[at]]
        columns[2, at] = chunk.time[found.last[at]]
        columns[3, at] = facts.lives[number].channel[rows]
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


def _exposed(facts: Facts, detector: Detector) -> dict[ProblemId, I64]:
    """Return where everybody met what a detector's problems begin with."""
    bits = DEFINITIONS[detector].exposed_by
    found: dict[ProblemId, list[I64]] = {}
    for number, life in enumerate(facts.lives):
        rows = np.flatnonzero((life.facts & (bits | Fact.IGNORED)) == bits)
        for problem, own in _by_problem(facts, detector, number, rows):
            places = places_of(np.full(len(own), number), rows[own])
            found.setdefault(problem, []).append(places)
    return {problem: np.concatenate(parts) for problem, parts in found.items()}


def _by_problem(
    facts: Facts, detector: Detector, number: int, rows: I64
) -> Iterator[tuple[ProblemId, I64]]:
    """Yield which of these rows of a chunk belong to which problem."""
    if not len(rows):
        return
    sequences = facts.sequences
    code = sequences.chunks[number].code[rows].astype(np.int64)
    cause = first_codes(sequences.properties, DEFINITIONS[detector].causes, number, rows)
    order = np.lexsort((cause, code))
    changes = (np.diff(code[order], prepend=-1) != 0) | (np.diff(cause[order], prepend=-2) != 0)
    for own in np.split(order, np.flatnonzero(changes)[1:]):
        first = int(rows[own[0]])
        problem = ProblemId(
            detector=detector,
            place=sequences.names[int(code[own[0]])],
            cause=cause_of(facts, detector, number, first),
        )
        yield problem, own
