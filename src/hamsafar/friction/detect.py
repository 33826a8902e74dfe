"""Run the detectors: `tracks(facts, settings)` for counting, `findings(facts, tracks)` for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from hamsafar.friction.definitions import DEFINITIONS, DetectorSettings, Settings
from hamsafar.friction.facts import Facts, first_said
from hamsafar.friction.kernels import detector_kernels
from hamsafar.friction.life import F64, Fact, Hits, Life, room
from hamsafar.friction.types import MOST_EVIDENCE, Detector, Finding, Track
from hamsafar.journeys import DEFAULT_KEYS
from hamsafar.storage.types import I64

Kernel = Callable[[Life, F64, Hits], int]


def tracks(facts: Facts, settings: Settings) -> dict[Detector, Track]:
    """Return where each detector that is on finds something.

    Args:
        facts: the history.
        settings: which detectors, and their parameters.
    """
    return {
        detector: track(facts, detector, own)
        for detector, own in settings.detectors.items()
        if own.is_on
    }


def track(facts: Facts, detector: Detector, settings: DetectorSettings) -> Track:
    """Return where one detector finds something, chunk by chunk, person by person."""
    kernel = kernel_of(detector)
    names = [parameter.name for parameter in DEFINITIONS[detector].parameters]
    parameters = np.array([settings.values[name] for name in names] or [0.0], np.float64)
    parts: list[tuple[I64, Hits]] = []
    for number, life in enumerate(facts.lives):
        hits = room(kernel(life, parameters, room(0)))
        if len(hits.anchor):
            kernel(life, parameters, hits)
        parts.append((np.full(len(hits.anchor), number, np.int64), hits))
    chunk = np.concatenate([number for number, _ in parts] or [np.zeros(0, np.int64)])
    columns = [
        np.concatenate([hits[place] for _, hits in parts] or [np.zeros(0, np.int64)])
        for place in range(4)
    ]
    return Track(
        chunk=chunk.astype(np.uint32),
        anchor=columns[0],
        first=columns[1],
        last=columns[2],
        lost=columns[3],
    )


def findings(facts: Facts, found: Mapping[Detector, Track]) -> list[Finding]:
    """Return every finding with its place, cause and evidence, in order of person and time."""
    whole = [one for detector, lane in found.items() for one in _findings(facts, detector, lane)]
    return sorted(whole, key=lambda f: (f.person, f.first_at, f.detector, f.evidence))


def kernel_of(detector: Detector) -> Kernel:
    """Return a detector's compiled function."""
    screens, contacts = detector_kernels()
    kernel: Kernel = getattr(screens, detector.value, None) or getattr(contacts, detector.value)
    return kernel


def cause_of(facts: Facts, detector: Detector, chunk: int, row: int) -> str:
    """Return what an event says of the cause of a trouble there."""
    return first_said(facts.sequences.properties, DEFINITIONS[detector].causes, chunk, row)


def _findings(facts: Facts, detector: Detector, lane: Track) -> Iterator[Finding]:
    sequences = facts.sequences
    for at in range(len(lane.anchor)):
        number, row = int(lane.chunk[at]), int(lane.anchor[at])
        first, last = int(lane.first[at]), int(lane.last[at])
        chunk, life = sequences.chunks[number], facts.lives[number]
        channel = int(life.channel[row])
        yield Finding(
            detector=detector,
            place=sequences.names[int(chunk.code[row])],
            cause=cause_of(facts, detector, number, row),
            person=int(chunk.person[row]),
            matter=_matter(facts, number, row),
            first_at=int(chunk.time[first]),
            last_at=int(chunk.time[last]),
            anchor=int(chunk.seq[row]),
            evidence=tuple(chunk.seq[_evidence(life, detector, (first, row, last))].tolist()),
            lost_us=int(lane.lost[at]),
            channel=sequences.channels[channel] if channel < len(sequences.channels) else "",
        )


def _evidence(life: Life, detector: Detector, rows: tuple[int, int, int]) -> I64:
    """Return the rows a finding shows in: first, anchor, last, and its kind between them."""
    first, anchor, last = rows
    bits = DEFINITIONS[detector].evidence
    found = np.zeros(0, np.int64)
    if bits:
        between = life.facts[first : last + 1]
        shown = (between & (bits | Fact.IGNORED)) == bits
        if life.matter[anchor] >= 0 and bits & (Fact.CONTACT | Fact.EXPLAIN):
            shown &= life.matter[first : last + 1] == life.matter[anchor]
        found = np.flatnonzero(shown) + first
    if len(found) > MOST_EVIDENCE - 3:
        found = found[: MOST_EVIDENCE - 3]
    return np.unique(np.concatenate([found, np.array(rows, np.int64)]))


def _matter(facts: Facts, chunk: int, row: int) -> str:
    """Return the most exact key an event names, for people to read."""
    return first_said(facts.sequences.properties, DEFAULT_KEYS.paths, chunk, row)
