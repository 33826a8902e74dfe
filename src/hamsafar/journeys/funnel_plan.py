"""How a funnel is counted: which kernel, and the tables it looks things up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hamsafar.journeys.filters import range_of, shards_of
from hamsafar.journeys.funnel_habits import Habits
from hamsafar.journeys.funnel_types import (
    CountBy,
    Exclusion,
    ExclusionPolicy,
    FunnelRules,
    Order,
    Step,
    Ties,
    What,
)
from hamsafar.journeys.funnel_work import (
    ANCHORED,
    ANY,
    ATTEMPTS,
    FIRST,
    FLOW,
    LAST,
    MATCH,
    ONE_EACH,
    OPTIONAL,
    ORDERED,
    PEOPLE,
    PLACE,
    POSTHOG,
    POSTHOG_ANY,
    SESSIONS,
    STRICT,
    Keep,
    Rules,
)
from hamsafar.journeys.marks import marks_of
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import U8, Marks, Shard, frozen
from hamsafar.journeys.types import Filters
from hamsafar.storage.types import I64, U64, SortedChunk

_SECOND_US = 1_000_000
_UNITS = {CountBy.PEOPLE: PEOPLE, CountBy.ATTEMPTS: ATTEMPTS, CountBy.SESSIONS: SESSIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, read and checked.

    Attributes:
        steps: of the funnel.
        filters: which events count.
        rules: how.
        habits: where another program's way is taken.
    """

    steps: tuple[Step, ...]
    filters: Filters
    rules: FunnelRules
    habits: Habits

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """Return the exclusions that count."""
        return () if self.habits.ignores_exclusions else self.rules.exclusions


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A question ready to be asked of every piece.

    Attributes:
        rules: for the general walk.
        lists: what rules list, by row of the working room (`FIRST`, `LAST`, `PLACE`, `OPTIONAL`).
        step_of: u8[names], number of the step an event is, from 1, when the quick walk will do;
            else None.
    """

    rules: Rules
    lists: Mapping[int, I64]
    step_of: U8 | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of work.

    Attributes:
        shard: whose events.
        chunk: the columns of the chunk it is of.
        marks: which conditions each event meets.
        keep: which events count besides filters.
    """

    shard: Shard
    chunk: SortedChunk = field(repr=False)
    marks: Marks = field(repr=False)
    keep: Keep = field(repr=False)

    def __len__(self) -> int:
        """Return how many events there are, filtered ones included."""
        return len(self.shard)


def everything_kept() -> Keep:
    """Return what leaves out nothing."""
    return Keep(frozen(np.zeros(1, np.uint32)), 0, frozen(np.ones(1, np.uint8)))


def conditions_of(question: Question) -> list[tuple[str, What]]:
    """Return what each bit of an event's word says, with where it stands in the question."""
    steps = [(f"steps[{n}]", step.what) for n, step in enumerate(question.steps)]
    bans = [(f"exclusions[{n}]", one.what) for n, one in enumerate(question.exclusions)]
    if question.habits.marks:
        return [*steps, *bans]
    optional = [step.optional for step in question.steps]
    needed = [one for one, may in zip(steps, optional, strict=True) if not may]
    return [*needed, *bans, *(one for one, may in zip(steps, optional, strict=True) if may)]


def plan_of(question: Question, marks: Sequence[Marks]) -> Plan:
    """Return how to count.

    Raises:
        BadInput: the range of the filters is empty.
    """
    top = len(_required(question))
    bans = ((1 << len(question.exclusions)) - 1) << top
    work = _rules(question, is_overlapping=_is_overlapping(marks, bans))
    plan = Plan(rules=work, lists=_lists(question))
    # Where events may meet several steps, those that reuse them flow on but are not quick.
    if not marks or not _is_quick(work) or _is_overlapping(marks, 0):
        return plan
    return replace(plan, step_of=_numbers(marks[0].by_code))


def pieces_of(
    sequences: Sequences,
    question: Question,
    marks: Sequence[Marks],
    keeps: Sequence[Keep],
    width: int,
) -> list[Piece]:
    """Return the work; our range bounds entering alone, so events are taken without it.

    Raises:
        BadInput: a filter names an event or channel that does not exist.
    """
    filters = question.filters
    if not question.habits.is_bounded:
        filters = replace(filters, from_us=None, to_us=None)
    return [
        Piece(
            shard=shard,
            chunk=sequences.chunks[shard.chunk],
            marks=marks[shard.chunk],
            keep=keeps[shard.chunk],
        )
        for shard in shards_of(sequences, filters, width)
    ]


def marks_for(sequences: Sequences, question: Question) -> list[Marks]:
    """Return which conditions of the question each event meets, by chunk.

    Raises:
        BadInput: a step or exclusion names an event that does not exist, or a column is missing.
    """
    return marks_of(sequences, conditions_of(question))


def _required(question: Question) -> list[int]:
    """Return the numbers of the steps an attempt must take, as the engine counts them."""
    is_all = question.habits.marks
    return [n for n, step in enumerate(question.steps) if is_all or not step.optional]


def _lists(question: Question) -> dict[int, I64]:
    required = _required(question)
    # Levels count required steps; exclusions name steps among all.
    level = {number: n for n, number in enumerate(required)}
    optional = [n for n, step in enumerate(question.steps) if step.optional]
    lists = {
        FIRST: [level[one.from_step] + 1 for one in question.exclusions],
        LAST: [level[one.to_step] for one in question.exclusions],
        PLACE: required,
        OPTIONAL: optional,
    }
    return {row: np.array(numbers, np.int64) for row, numbers in lists.items()}


def _rules(question: Question, *, is_overlapping: bool) -> Rules:
    rules, habits = question.rules, question.habits
    from_us, to_us = range_of(question.filters.from_us, question.filters.to_us)
    window = round(rules.window_s * _SECOND_US)
    drops = habits.drops_people or rules.exclusion_policy is ExclusionPolicy.DROP_PERSON
    return Rules(
        engine=_engine(rules.order, habits),
        unit=_UNITS[rules.count_by],
        ties=_ties(rules, habits, is_overlapping=is_overlapping),
        gap=round(rules.session_gap_s * _SECOND_US),
        grain=habits.grain_us,
        drops=int(bool(question.exclusions) and drops),
        strict=int(rules.order is Order.STRICT),
        top=len(_required(question)),
        window=window - window % habits.grain_us,
        from_us=from_us - from_us % habits.grain_us,
        to_us=to_us,
        is_dated=int(rules.as_of_us is not None),
        bans=len(question.exclusions),
        options=sum(step.optional for step in question.steps),
        size=len(question.steps),
    )


def _engine(order: Order, habits: Habits) -> int:
    if habits.marks:
        return POSTHOG_ANY if order is Order.ANY else POSTHOG
    if habits.is_anchored:
        return ANCHORED
    return {Order.ORDERED: ORDERED, Order.ANY: ANY, Order.STRICT: STRICT}[order]


def _ties(rules: FunnelRules, habits: Habits, *, is_overlapping: bool) -> int:
    if rules.ties is Ties.STRICT_TIME and not habits.reuses:
        return ONE_EACH
    if rules.order is Order.STRICT:
        return MATCH
    return MATCH if is_overlapping and not (rules.reuse or habits.reuses) else FLOW


def _is_overlapping(marks: Sequence[Marks], bans: int) -> bool:
    """Return whether an event may meet several conditions that are not among the bits `bans`.

    What masks say of each event nobody has looked at: they may overlap.
    """
    if any(one.event_mask for one in marks):
        return True
    words = marks[0].by_code & ~np.uint64(bans) if marks else np.zeros(0, np.uint64)
    return bool((words & (words - np.uint64(1)))[words != 0].any())


def _is_quick(rules: Rules) -> bool:
    is_usual = rules.engine == ORDERED and rules.unit == PEOPLE and rules.ties == FLOW
    return is_usual and rules.grain == 1 and not rules.bans and not rules.options


def _numbers(words: U64) -> U8:
    """Return the number of the one bit of each word, from 1; 0 where there is none."""
    found = np.zeros(len(words), np.uint8)
    some = words != 0
    found[some] = np.log2(words[some].astype(np.float64)).astype(np.uint8) + 1
    return frozen(found)
