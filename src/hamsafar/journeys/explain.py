"""Why numbers differ: one funnel by the rules of four programs, and the rule each person hangs on.

Example:
    >>> import numpy as np
    >>> s = Sequences.from_arrays(
    ...     person=np.array([7, 7, 7]),
    ...     time_us=np.array([0, 50, 70]) * 60_000_000,
    ...     code=np.array([0, 0, 1]),
    ...     names=["Cart Viewed", "Order Completed"],
    ... )
    >>> found = explain(s, ["Cart Viewed", "Order Completed"], window_s=3600)
    >>> {row.semantics.value: row.counts for row in found.semantics}["mixpanel_classic"]
    (1, 0)
    >>> found.by_rule
    (RulePeople(rule=<Rule.WINDOW_ANCHOR: 'window_anchor'>, people=1),)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Unpack

import numpy as np

from hamsafar.journeys.funnel import answer
from hamsafar.journeys.funnel_habits import OURS, Habits, habits_of
from hamsafar.journeys.funnel_plan import Question
from hamsafar.journeys.funnel_result import FunnelResult
from hamsafar.journeys.funnel_steps import check_rules, read_rules, read_steps
from hamsafar.journeys.funnel_types import (
    CountBy,
    ExclusionPolicy,
    FunnelRules,
    Order,
    RuleWords,
    Semantics,
    Step,
    StepLike,
    Ties,
)
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.types import EVERYTHING, Filters
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64


class Rule(StrEnum):
    """What two programs do differently.

    `window_anchor`: a later first step does not renew the window. `reuse`: one event takes several
    steps. `seconds`: times are cut to the second. `range_end`: steps after the range do not count.
    `exclusions_ignored`: it has none. `exclusion_drops_person`: an exclusion takes the person out
    of every step. `tie`: events of one time. `one_attempt_per_level`: only the latest attempt at a
    step goes on, marked or not. `combined`: several of these together. `zero_duration`: steps at
    the same time are left out of means and medians (counts are the same).
    """

    WINDOW_ANCHOR = "window_anchor"
    REUSE = "reuse"
    SECONDS = "seconds"
    RANGE_END = "range_end"
    EXCLUSIONS_IGNORED = "exclusions_ignored"
    EXCLUSION_DROPS_PERSON = "exclusion_drops_person"
    TIE = "tie"
    ONE_ATTEMPT_PER_LEVEL = "one_attempt_per_level"
    COMBINED = "combined"
    ZERO_DURATION = "zero_duration"


@dataclass(frozen=True, slots=True)
class SemanticsCounts:
    """People per step by the rules of one program."""

    semantics: Semantics
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RulePeople:
    """How many people a rule counts differently."""

    rule: Rule
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One person whom programs count differently.

    Attributes:
        person: the id.
        levels: steps taken by each program's rules; 0: did not enter, or was taken out.
        rules: for each program that differs from us, the rule that makes the difference.
        entered_us: for each program, when the attempt it tells began, µs UTC.
    """

    person: int
    levels: Mapping[Semantics, int]
    rules: Mapping[Semantics, Rule]
    entered_us: Mapping[Semantics, int]

    @property
    def rule(self) -> Rule:
        """Return the rule of the first program that differs."""
        return next(iter(self.rules.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why the numbers of four programs differ.

    Attributes:
        semantics: the counts by each; only those that know such a funnel.
        by_rule: people whom each rule counts differently, most first.
        total: people who are counted differently.
    """

    semantics: tuple[SemanticsCounts, ...]
    by_rule: tuple[RulePeople, ...]
    total: int
    _told: tuple[_Told, ...] = field(repr=False)
    _who: I64 = field(repr=False)
    _rules: Mapping[Semantics, Mapping[int, Rule]] = field(repr=False)

    def differences(self, offset: int = 0, limit: int | None = None) -> tuple[Difference, ...]:
        """Return people who are counted differently, by id, `limit` after the first `offset`."""
        stop = None if limit is None else offset + limit
        return tuple(self._one(person) for person in self._who[offset:stop].tolist())

    def _one(self, person: int) -> Difference:
        levels = {told.semantics: told.level(person) for told in self._told}
        entered = {t.semantics: t.entered(person) for t in self._told if levels[t.semantics]}
        rules = {s: of[person] for s, of in self._rules.items() if person in of}
        return Difference(person=person, levels=levels, rules=rules, entered_us=entered)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """How far each person got by one program: ids rising, level and time of entering beside."""

    semantics: Semantics
    person: I64
    levels: I64
    entered_at: I64

    def level(self, person: int) -> int:
        """Return the steps taken by a person."""
        place = int(np.searchsorted(self.person, person))
        is_there = place < len(self.person) and self.person[place] == person
        return int(self.levels[place]) if is_there else 0

    def entered(self, person: int) -> int:
        """Return when the attempt of a person who entered began."""
        return int(self.entered_at[np.searchsorted(self.person, person)])

    def levels_of(self, people: I64) -> I64:
        """Return the steps taken by each of these people."""
        found = np.zeros(len(people), np.int64)
        if len(self.person):
            place = np.minimum(np.searchsorted(self.person, people), len(self.person) - 1)
            is_there = self.person[place] == people
            found[is_there] = self.levels[place[is_there]]
        return found


def explain(
    sequences: Sequences,
    steps: Sequence[StepLike],
    filters: Filters = EVERYTHING,
    *,
    window_s: float,
    compute: Compute | None = None,
    **rules: Unpack[RuleWords],
) -> Explanation:
    """Count one funnel by the rules of four programs and find what makes the difference.

    Args:
        sequences: whose events.
        steps: as of `funnel`.
        filters: as of `funnel`.
        window_s: as of `funnel`.
        compute: where shards run; None: a thread for each processor.
        **rules: as of `funnel`; people are counted, `semantics` and `breakdown` play no part.

    Raises:
        BadInput: as `funnel`.
    """
    read = read_steps(steps)
    words: RuleWords = {**rules, "semantics": Semantics.HAMSAFAR}
    return explain_funnel(
        sequences, read, filters, rules=read_rules(window_s, read, words), compute=compute
    )


def explain_funnel(
    sequences: Sequences,
    steps: Sequence[Step],
    filters: Filters = EVERYTHING,
    *,
    rules: FunnelRules,
    compute: Compute | None = None,
) -> Explanation:
    """Explain a funnel by rules that are read already; else as `explain`.

    Raises:
        BadInput: as `funnel`.
    """
    question = question_of(steps, filters, rules)
    results = {
        whose: answer(sequences, replace(question, habits=habits_of(whose)), compute=compute)
        for whose in compared_with(rules)
    }
    told = tuple(_told(whose, result) for whose, result in results.items())
    rules_of = {
        one.semantics: _causes(sequences, question, (told[0], one), compute) for one in told[1:]
    }
    who = sorted({person for causes in rules_of.values() for person in causes})
    people: dict[Rule, set[int]] = {}
    for causes in rules_of.values():
        for person, rule in causes.items():
            people.setdefault(rule, set()).add(person)
    zero = _zero(results.get(Semantics.POSTHOG))
    counted = [RulePeople(rule, len(of)) for rule, of in people.items()]
    counted += [RulePeople(Rule.ZERO_DURATION, zero)] if zero else []
    return Explanation(
        semantics=tuple(SemanticsCounts(s, result.counts) for s, result in results.items()),
        by_rule=tuple(sorted(counted, key=lambda row: (-row.people, row.rule))),
        total=len(who),
        _told=told,
        _who=np.array(who, np.int64),
        _rules=rules_of,
    )


def question_of(steps: Sequence[Step], filters: Filters, rules: FunnelRules) -> Question:
    """Return a question of people, not split, by our rules.

    Raises:
        BadInput: a rule is wrong.
    """
    policy = rules.exclusion_policy
    if rules.order is not Order.ORDERED:
        policy = ExclusionPolicy.VOID_ATTEMPT
    ours = replace(
        rules,
        semantics=Semantics.HAMSAFAR,
        count_by=CountBy.PEOPLE,
        breakdown=None,
        exclusion_policy=policy,
    )
    check_rules(ours, steps)
    return Question(steps=tuple(steps), filters=filters, rules=ours, habits=OURS)


def compared_with(rules: FunnelRules) -> list[Semantics]:
    """Return the programs that know such a funnel, ours first."""
    if rules.order is Order.ORDERED:
        return list(Semantics)
    return [Semantics.HAMSAFAR, Semantics.POSTHOG]


def _told(semantics: Semantics, result: FunnelResult) -> _Told:
    units = result.attempts.units
    order = np.argsort(units.person)
    return _Told(
        semantics=semantics,
        person=units.person[order].astype(np.int64),
        levels=units.length[order].astype(np.int64),
        entered_at=result.attempts.times_us(0)[order],
    )


def _zero(posthog: FunnelResult | None) -> int:
    """Return how many people took a step at the very time of the step before."""
    if posthog is None:
        return 0
    attempts = posthog.attempts
    found = np.zeros(len(attempts), np.bool_)
    for number in range(1, len(attempts.steps)):
        now = attempts.times_us(number)
        found |= attempts.reached(number) & (now == attempts.times_us(number - 1))
    return int(found.sum())


def _causes(
    sequences: Sequences, question: Question, pair: tuple[_Told, _Told], compute: Compute | None
) -> dict[int, Rule]:
    """Return for each person two programs count differently the rule that makes it.

    Each habit of the other program is taken on alone; whom that alone counts as the other program
    does, differs for that reason.
    """
    ours, theirs = pair
    people = np.union1d(ours.person, theirs.person)
    wanted = theirs.levels_of(people)
    is_open = ours.levels_of(people) != wanted
    causes: dict[int, Rule] = {}
    for rule, changed in _switches(question, habits_of(theirs.semantics)):
        left = people[is_open]
        if not len(left):
            break
        tried = answer(only_people(sequences, left), changed, compute=compute)
        levels = _told(theirs.semantics, tried).levels_of(left)
        is_it = levels == wanted[is_open]
        causes.update(dict.fromkeys(left[is_it].tolist(), rule))
        is_open[np.flatnonzero(is_open)[is_it]] = False
    causes.update(dict.fromkeys(people[is_open].tolist(), Rule.COMBINED))
    return causes


def _switches(question: Question, theirs: Habits) -> Iterator[tuple[Rule, Question]]:
    """Yield our question with one habit of another program at a time."""
    rules = question.rules
    if theirs.reuses and rules.ties is Ties.STRICT_TIME:
        yield Rule.TIE, replace(question, rules=replace(rules, ties=Ties.FAVOUR))
    alone = (
        (Rule.RANGE_END, theirs.is_bounded, Habits(is_bounded=True)),
        (Rule.WINDOW_ANCHOR, theirs.is_anchored, Habits(is_anchored=True)),
        (Rule.REUSE, theirs.reuses, Habits(reuses=True)),
        (Rule.SECONDS, theirs.grain_us > 1, Habits(grain_us=theirs.grain_us)),
        (Rule.EXCLUSIONS_IGNORED, theirs.ignores_exclusions, Habits(ignores_exclusions=True)),
        (Rule.EXCLUSION_DROPS_PERSON, theirs.drops_people, Habits(drops_people=True)),
    )
    for rule, has, habits in alone:
        if has and (rule is not Rule.EXCLUSION_DROPS_PERSON or rules.order is Order.ORDERED):
            yield rule, replace(question, habits=habits)
    if theirs.marks:
        # Without exclusions only ties are left that its way of keeping attempts treats otherwise.
        rule = Rule.ONE_ATTEMPT_PER_LEVEL if rules.exclusions else Rule.TIE
        yield rule, replace(question, habits=Habits(marks=True, drops_people=True))


def only_people(sequences: Sequences, people: I64) -> Sequences:
    """Return the same chunks where everybody else is skipped."""
    chunks = []
    for chunk in sequences.chunks:
        who = chunk.person[chunk.starts[:-1][np.diff(chunk.starts) > 0]]
        others = np.ones(len(chunk.starts) - 1, np.bool_)
        others[np.diff(chunk.starts) > 0] = ~np.isin(who, people)
        if chunk.skip is not None:
            others |= chunk.skip
        others.flags.writeable = False
        chunks.append(replace(chunk, skip=others))
    return replace(sequences, chunks=tuple(chunks))
