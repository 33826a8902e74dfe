"""One person's way through a funnel: what each event did, and how each attempt ended.

Example:
    >>> import numpy as np
    >>> s = Sequences.from_arrays(
    ...     person=np.array([7, 7, 7]),
    ...     time_us=np.array([0, 50, 70]) * 60_000_000,
    ...     code=np.array([0, 0, 1]),
    ...     names=["Cart Viewed", "Order Completed"],
    ... )
    >>> told = explain_person(s, 7, ["Cart Viewed", "Order Completed"], window_s=3600)
    >>> [event.outcome.value for event in told.events]
    ['replaced', 'entered', 'completed']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from hamsafar.journeys.explain import compared_with, only_people, question_of
from hamsafar.journeys.explain_types import (
    AttemptTold,
    Ended,
    EventTold,
    Outcome,
    PersonExplanation,
)
from hamsafar.journeys.filters import range_of, sieves_of
from hamsafar.journeys.funnel import answer
from hamsafar.journeys.funnel_habits import habits_of
from hamsafar.journeys.funnel_plan import Question, marks_for
from hamsafar.journeys.funnel_result import FunnelResult
from hamsafar.journeys.funnel_steps import read_rules, read_steps
from hamsafar.journeys.funnel_types import (
    CountBy,
    FunnelRules,
    Order,
    RuleWords,
    Semantics,
    Step,
    StepLike,
)
from hamsafar.journeys.funnel_work import NEVER
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Marks, Sieve, Threads
from hamsafar.journeys.types import EVERYTHING, Filters
from hamsafar.kernel.errors import NotFound
from hamsafar.storage.types import SortedChunk

_SECOND_US = 1_000_000
_ONE = Threads(1)


def explain_person(
    sequences: Sequences,
    person: int,
    steps: Sequence[StepLike],
    filters: Filters = EVERYTHING,
    *,
    window_s: float,
    **rules: Unpack[RuleWords],
) -> PersonExplanation:
    """Tell what each event of a person did.

    Args:
        sequences: whose events.
        person: the id.
        steps: as of `funnel`.
        filters: as of `funnel`.
        window_s: as of `funnel`.
        **rules: as of `funnel`; `semantics`, `count_by` and `breakdown` play no part.

    Raises:
        BadInput: as `funnel`.
        NotFound: there is no such person.
    """
    read = read_steps(steps)
    words: RuleWords = {**rules, "semantics": Semantics.HAMSAFAR}
    read_as = read_rules(window_s, read, words)
    return explain_one(sequences, person, read, filters, rules=read_as)


def explain_one(
    sequences: Sequences,
    person: int,
    steps: Sequence[Step],
    filters: Filters = EVERYTHING,
    *,
    rules: FunnelRules,
) -> PersonExplanation:
    """Tell a person by rules that are read already; else as `explain_person`.

    Raises:
        BadInput: as `funnel`.
        NotFound: there is no such person.
    """
    question = question_of(steps, filters, rules)
    number, first, last = _place(sequences, person)
    alone = only_people(sequences, np.array([person]))
    levels = {}
    for whose in compared_with(rules):
        found = answer(alone, replace(question, habits=habits_of(whose)), compute=_ONE)
        levels[whose] = int(found.attempts.units.length.max(initial=0))
    each = replace(question, rules=replace(question.rules, count_by=CountBy.ATTEMPTS))
    told = answer(alone, each, compute=_ONE)
    seen = _Seen(
        question=question,
        chunk=sequences.chunks[number],
        marks=marks_for(sequences, question)[number],
        sieve=sieves_of(sequences, replace(filters, from_us=None, to_us=None))[number],
        range=(first, last),
    )
    attempts = tuple(_attempts(told, seen))
    return PersonExplanation(
        person=person,
        events=tuple(_events(sequences, seen, attempts)),
        attempts=attempts,
        levels=levels,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One person's events and what they may do."""

    question: Question
    chunk: SortedChunk
    marks: Marks
    sieve: Sieve | None
    range: tuple[int, int]

    def word(self, i: int) -> int:
        """Return the bits of the conditions an event meets."""
        by_event = self.marks.by_event[i & self.marks.event_mask]
        return int(self.marks.by_code[self.chunk.code[i]]) | int(by_event)

    def counts(self, i: int) -> bool:
        """Return whether an event passes the filters."""
        sieve = self.sieve
        if sieve is None:
            return True
        return bool(
            sieve.code_ok[self.chunk.code[i]]
            and sieve.channel_ok[sieve.channel[i & sieve.channel_mask]]
            and sieve.source_ok[sieve.source[i & sieve.source_mask]]
            and not sieve.flags[i & sieve.flags_mask] & sieve.blocked
        )

    @property
    def window_us(self) -> int:
        """Return the window."""
        return round(self.question.rules.window_s * _SECOND_US)

    @property
    def bits(self) -> dict[int, int]:
        """Return the bit of each step, by its number."""
        steps = self.question.steps
        required = [n for n, step in enumerate(steps) if not step.optional]
        optional = [n for n, step in enumerate(steps) if step.optional]
        after = len(required) + len(self.question.exclusions)
        found = {number: bit for bit, number in enumerate(required)}
        return found | {number: after + bit for bit, number in enumerate(optional)}

    def steps_of(self, i: int) -> list[int]:
        """Return the numbers of the steps an event meets."""
        word = self.word(i)
        return [number for number, bit in sorted(self.bits.items()) if word >> bit & 1]

    def hits(self, i: int, attempt: AttemptTold) -> bool:
        """Return whether an event is an exclusion that hits an attempt where it stood."""
        at = int(self.chunk.time[i])
        word = self.word(i)
        required = sum(not step.optional for step in self.question.steps)
        for x, one in enumerate(self.question.exclusions):
            if not word >> (required + x) & 1:
                continue
            after = _time(attempt, one.from_step)
            before = _time(attempt, one.to_step)
            limit = attempt.entered_at_us + self.window_us
            if after is not None and before is None and after < at <= limit:
                return True
        return False


def _time(attempt: AttemptTold, step: int) -> int | None:
    return attempt.steps_us[step] if step < len(attempt.steps_us) else None


def _place(sequences: Sequences, person: int) -> tuple[int, int, int]:
    """Return chunk, first and last event (not included) of a person."""
    for number, chunk in enumerate(sequences.chunks):
        low = int(np.searchsorted(chunk.person, person))
        high = int(np.searchsorted(chunk.person, person, side="right"))
        if low == high:
            continue
        place = int(np.searchsorted(chunk.starts, low, side="right")) - 1
        if chunk.skip is None or not chunk.skip[place]:
            return number, low, high
    raise NotFound(f"there is no person {person} among these events", where="person")


def _attempts(told: FunnelResult, seen: _Seen) -> list[AttemptTold]:
    units = told.attempts.units
    found, at = [], 0
    for row, length in enumerate(units.length.tolist()):
        times = units.time[at : at + length].tolist()
        at += length
        attempt = AttemptTold(
            number=row + 1,
            entered_at_us=times[0],
            level=length,
            ended=Ended.EXPIRED,
            ended_at_us=times[0] + seen.window_us,
            steps_us=tuple(None if time == NEVER else time for time in times),
        )
        is_open = int(units.until[row]) > told.as_of_us
        found.append(_ended(attempt, seen, is_open=is_open))
    return found


def _ended(attempt: AttemptTold, seen: _Seen, *, is_open: bool) -> AttemptTold:
    """Return the attempt with how it ended."""
    question = seen.question
    if attempt.level == len(question.steps):
        last = attempt.steps_us[-1] or attempt.entered_at_us
        return replace(attempt, ended=Ended.COMPLETED, ended_at_us=last)
    for i in range(*seen.range):
        if seen.counts(i) and question.exclusions and seen.hits(i, attempt):
            return replace(attempt, ended=Ended.EXCLUDED, ended_at_us=int(seen.chunk.time[i]))
    if is_open:
        return replace(attempt, ended=Ended.OPEN)
    if question.rules.order is Order.STRICT:
        last = max(time for time in attempt.steps_us if time is not None)
        after = [int(t) for t in seen.chunk.time[slice(*seen.range)] if last < t]
        if after and after[0] <= attempt.ended_at_us:
            return replace(attempt, ended=Ended.BROKEN, ended_at_us=after[0])
    return attempt


def _events(sequences: Sequences, seen: _Seen, attempts: Sequence[AttemptTold]) -> list[EventTold]:
    chunk = seen.chunk
    taken: set[tuple[int, int]] = set()
    told = []
    for number, i in enumerate(range(*seen.range)):
        at = int(chunk.time[i])
        outcome, step, attempt = _outcome(seen, i, attempts, taken)
        late = None
        if outcome is Outcome.TOO_LATE and attempt is not None:
            late = (at - attempt.entered_at_us - seen.window_us) / _SECOND_US
        channel = (
            int(chunk.channel[i if len(chunk.channel) > 1 else 0]) if len(chunk.channel) else 0
        )
        told.append(
            EventTold(
                index=number,
                at_us=at,
                name=sequences.names[int(chunk.code[i])],
                channel=sequences.channels[channel] if channel < len(sequences.channels) else "",
                outcome=outcome,
                step=step,
                attempt=None if attempt is None else attempt.number,
                late_s=late,
            )
        )
    return told


Said = tuple[Outcome, int | None, AttemptTold | None]


def _outcome(
    seen: _Seen, i: int, attempts: Sequence[AttemptTold], taken: set[tuple[int, int]]
) -> Said:
    """Return what an event did; `taken` are the (attempt, step) told already."""
    if not seen.counts(i):
        return Outcome.FILTERED, None, None
    at = int(seen.chunk.time[i])
    steps = seen.steps_of(i)
    is_free = seen.question.rules.order is Order.ANY
    for attempt in attempts:
        for place, time in enumerate(attempt.steps_us):
            key = (attempt.number, place)
            if time == at and key not in taken and (place in steps or (is_free and steps)):
                taken.add(key)
                step = steps[0] if is_free else place
                return _took(place, len(seen.question.steps)), step, attempt
    for attempt in attempts:
        if attempt.ended is Ended.EXCLUDED and attempt.ended_at_us == at and seen.hits(i, attempt):
            return Outcome.EXCLUDED, steps[0] if steps else None, attempt
    if not steps:
        return Outcome.UNUSED, None, None
    return _unused(seen, at, steps[0], attempts)


def _took(place: int, size: int) -> Outcome:
    if place == size - 1:
        return Outcome.COMPLETED
    return Outcome.ENTERED if place == 0 else Outcome.ADVANCED


def _unused(seen: _Seen, at: int, step: int, attempts: Sequence[AttemptTold]) -> Said:
    """Return why an event that is a step was not taken."""
    low, high = range_of(seen.question.filters.from_us, seen.question.filters.to_us)
    if step == 0 and not low <= at < high:
        return Outcome.OUTSIDE_RANGE, step, None
    before = [a for a in attempts if a.entered_at_us <= at]
    following = next((a for a in attempts if at < a.entered_at_us), None)
    is_running = bool(before) and at <= before[-1].ended_at_us
    if step == 0 and following is not None and not is_running:
        return Outcome.REPLACED, step, following
    if not before:
        return Outcome.OUT_OF_ORDER, step, None
    attempt = before[-1]
    if _time(attempt, step) is not None:
        return Outcome.REPEATED, step, attempt
    if step == attempt.level and at > attempt.entered_at_us + seen.window_us:
        return Outcome.TOO_LATE, step, attempt
    return Outcome.OUT_OF_ORDER, step, attempt
