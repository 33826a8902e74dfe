"""A map laid over the history: attempts at its aim, their variants, how each fits.

Only events the map knows are steps. A person's steps are cut into attempts (`types.Attempts`);
equal attempts are one variant, and variants are aligned, not attempts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys import (
    EVERYTHING,
    Filters,
    NameCount,
    Sequences,
    Steps,
    all_threads,
    kept_of,
    steps_of,
)
from hamsafar.kernel.errors import BadInput
from hamsafar.maps.alignment import MAX_STEPS, Alignments, Texts, aligned
from hamsafar.maps.alphabet import Alphabet, alphabet_of
from hamsafar.maps.automaton import Machine, machine_of
from hamsafar.maps.deviations import Rows, rows_of
from hamsafar.maps.kernels import case_kernels
from hamsafar.maps.types import JourneyMap
from hamsafar.maps.walk import stage_of, touchpoints_of
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64, U32

SECOND_US = 1_000_000
NEVER = -1
MAX_OTHERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The attempts, by person and time.

    Attributes:
        first, last: i64[c], steps `first` … `last - 1` of `Laid.steps`.
        who: i64[c], place of the person in `Laid.steps.person`.
        variant: i64[c].
        is_open: bool[c], it may still go on.
        goal_at: i64[c], step that reached the goal, `NEVER` when none did.
    """

    first: I64
    last: I64
    who: I64
    variant: I64
    is_open: NDArray[np.bool_]
    goal_at: I64

    def __len__(self) -> int:
        """Return how many attempts there are."""
        return len(self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A map laid over the history.

    Attributes:
        journey: the map.
        machine: its automata.
        alphabet: its symbols.
        steps: the events it knows.
        cases: the attempts.
        texts: the variants.
        alignments: how they fit.
        rows: their deviations.
        too_long: attempts of more than `MAX_STEPS` steps, left out.
        as_of_us: the moment up to which it is seen, µs UTC.
    """

    journey: JourneyMap
    machine: Machine = field(repr=False)
    alphabet: Alphabet = field(repr=False)
    steps: Steps = field(repr=False)
    cases: Cases = field(repr=False)
    texts: Texts = field(repr=False)
    alignments: Alignments = field(repr=False)
    rows: Rows = field(repr=False)
    too_long: int
    as_of_us: int

    @property
    def persons(self) -> U32:
        """Return u32[c], the person of each attempt."""
        return self.steps.person[self.cases.who]


def laid(
    journey: JourneyMap,
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    as_of_us: int | None = None,
    compute: Compute | None = None,
) -> Laid:
    """Lay a map over the history.

    Args:
        journey: the map.
        sequences: whose events.
        filters: which events count; `from_us` and `to_us` choose the attempts that *begin* there,
            with all their steps, also later ones.
        as_of_us: now: an attempt that was silent for less than `silence_s` may still go on; None:
            the newest step.
        compute: where work runs; None: a thread for each processor.

    Raises:
        BadInput: a filter is wrong.
    """
    workers = compute or all_threads()
    machine = machine_of(journey)
    alphabet = alphabet_of(journey, machine, sequences)
    if (
        filters.from_us is not None
        and filters.to_us is not None
        and filters.from_us >= filters.to_us
    ):
        raise BadInput("`to` must be later than `from`", where="to")
    anytime = replace(filters, from_us=None, to_us=None)
    steps = steps_of(sequences, alphabet.symbols, anytime, compute=workers)
    now = int(steps.time.max(initial=0)) if as_of_us is None else as_of_us
    cases, too_long = _cases(journey, alphabet, steps, filters, now)
    texts, channel, variant = _variants(steps, cases, alphabet)
    cases = replace(cases, variant=variant)
    alignments = aligned(machine, texts, workers)
    return Laid(
        journey=journey,
        machine=machine,
        alphabet=alphabet,
        steps=steps,
        cases=cases,
        texts=texts,
        alignments=alignments,
        rows=rows_of(journey, texts, channel, alignments),
        too_long=too_long,
        as_of_us=now,
    )


def _cases(
    journey: JourneyMap, alphabet: Alphabet, steps: Steps, filters: Filters, now: int
) -> tuple[Cases, int]:
    """Return the attempts that begin within the filters' times, and how many are too long."""
    kernels = case_kernels()
    silence = journey.attempts.silence_s
    silence_us = NEVER if silence is None else round(silence * SECOND_US)
    goal, early = _goal_bits(journey)
    rule = kernels.Rule(
        silence_us=silence_us,
        restart=journey.attempts.restart,
        goal=np.uint64(goal),
        early=np.uint64(early),
        known=alphabet.match,
    )
    room = tuple(np.empty(len(steps), np.int64) for _ in range(3))
    found = kernels.cut(steps.starts, steps.time, steps.symbol, rule, room)
    first, who, goal_at = (column[:found].copy() for column in room)
    last = np.append(first[1:], len(steps)) if found else first
    begun = steps.time[first]
    keep = last - first <= MAX_STEPS
    too_long = found - int(keep.sum())
    if filters.from_us is not None:
        keep &= begun >= filters.from_us
    if filters.to_us is not None:
        keep &= begun < filters.to_us
    quiet = now - steps.time[last - 1] if found else first
    # The last attempt of a person may go on; an earlier one was ended by what came after it.
    newest = np.append(who[1:] != who[:-1], True) if found else np.zeros(0, np.bool_)
    is_open = newest & ((quiet <= silence_us) if silence_us >= 0 else (goal_at < 0))
    cases = Cases(
        first=first[keep],
        last=last[keep],
        who=who[keep],
        variant=np.zeros(int(keep.sum()), np.int64),
        is_open=is_open[keep],
        goal_at=goal_at[keep],
    )
    return cases, too_long


def _goal_bits(journey: JourneyMap) -> tuple[int, int]:
    """Return the touchpoints that reach the goal, and those of the stages before the first of them."""
    touchpoints = touchpoints_of(journey)
    stages = stage_of(journey)
    goals = [number for number, one in enumerate(touchpoints) if one.id in journey.goal]
    if not goals:
        return 0, 0
    earliest = min(stages[number] for number in goals)
    early = sum(1 << number for number, stage in enumerate(stages) if stage < earliest)
    return sum(1 << number for number in goals), early


def _variants(steps: Steps, cases: Cases, alphabet: Alphabet) -> tuple[Texts, I64, I64]:
    """Return the variants, the wrong channel of each of their events, and each attempt's variant."""
    kernels = case_kernels()
    n = len(cases)
    a, b = np.empty(n, np.uint64), np.empty(n, np.uint64)
    kernels.fingerprint(cases.first, cases.last, steps.symbol, (a, b))
    variant, example = np.empty(n, np.int64), np.empty(n, np.int64)
    places = np.full(1 << (2 * n + 1).bit_length(), -1, np.int64)
    found = kernels.group(a, b, places, (variant, example))
    chosen = example[:found]
    first, length = cases.first[chosen], cases.last[chosen] - cases.first[chosen]
    starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    place = np.arange(starts[-1]) - np.repeat(starts[:-1] - first, length)
    symbol = steps.symbol[place]
    texts = Texts(starts=starts, match=alphabet.match[symbol], wrong=alphabet.wrong[symbol])
    return texts, alphabet.channel[symbol], variant


def others_of(sequences: Sequences, filters: Filters, found: Laid) -> tuple[NameCount, ...]:
    """Return the events that count but are no step of the map."""
    known = found.alphabet.symbols.table.any(axis=(1, 2))
    counts = np.zeros(len(sequences.names), np.int64)
    for chunk, kept in zip(sequences.chunks, kept_of(sequences, filters), strict=True):
        counts += np.bincount(chunk.code[kept], minlength=len(counts))
    counts[known] = 0
    rows = [NameCount(sequences.names[code], int(counts[code])) for code in np.flatnonzero(counts)]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.name))[:MAX_OTHERS])
