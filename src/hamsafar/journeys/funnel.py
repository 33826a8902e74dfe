"""Funnels: how many of those who take the first step take the next ones: `funnel(sequences)`.

Example:
    >>> import numpy as np
    >>> s = Sequences.from_arrays(
    ...     person=np.array([7, 7, 9]),
    ...     time_us=np.array([0, 60_000_000, 0]),
    ...     code=np.array([0, 1, 0]),
    ...     names=["Cart Viewed", "Order Completed"],
    ... )
    >>> found = funnel(s, ["Cart Viewed", "Order Completed"], window_s=3600)
    >>> found.counts, found.median_s[1], found.people(1).tolist()
    ((2, 1), 60.0, [7])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Unpack

import numpy as np

from hamsafar.journeys.funnel_habits import habits_of
from hamsafar.journeys.funnel_plan import (
    Plan,
    Question,
    everything_kept,
    marks_for,
    pieces_of,
    plan_of,
)
from hamsafar.journeys.funnel_result import Attempts, FunnelResult, joined, tell_steps
from hamsafar.journeys.funnel_run import Ran, run_piece
from hamsafar.journeys.funnel_split import split_by_events, split_of, tell_splits
from hamsafar.journeys.funnel_steps import check_rules, read_rules, read_steps
from hamsafar.journeys.funnel_types import Attribution, FunnelRules, RuleWords, Step, StepLike
from hamsafar.journeys.funnel_work import DROPPED, NEVER, Keep, Units
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import all_threads
from hamsafar.journeys.types import EVERYTHING, Filters
from hamsafar.storage.ports import Compute


def funnel(
    sequences: Sequences,
    steps: Sequence[StepLike],
    filters: Filters = EVERYTHING,
    *,
    window_s: float,
    compute: Compute | None = None,
    **rules: Unpack[RuleWords],
) -> FunnelResult:
    """Count how far people get.

    Args:
        sequences: whose events.
        steps: names, several names for one step, conditions, or `step(…)`.
        filters: which events count; its range bounds the time of entering alone.
        window_s: from the first step to the last at most, inclusive.
        compute: where shards run; None: a thread for each processor.
        **rules: `order`, `ties`, `reuse`, `exclusions`, `exclusion_policy`, `semantics`,
            `count_by`, `session_gap_s`, `breakdown`, `as_of_us`; see `FunnelRules`.

    Raises:
        BadInput: a step, rule or filter is wrong; `where` names it.
    """
    read = read_steps(steps)
    return count_funnel(
        sequences, read, filters, rules=read_rules(window_s, read, rules), compute=compute
    )


def count_funnel(
    sequences: Sequences,
    steps: Sequence[Step],
    filters: Filters = EVERYTHING,
    *,
    rules: FunnelRules,
    compute: Compute | None = None,
) -> FunnelResult:
    """Count how far people get, by rules that are read already; else as `funnel`.

    Raises:
        BadInput: a step, rule or filter is wrong; `where` names it.
    """
    check_rules(rules, steps)
    habits = habits_of(rules.semantics)
    question = Question(steps=tuple(steps), filters=filters, rules=rules, habits=habits)
    return answer(sequences, question, compute=compute)


def answer(
    sequences: Sequences, question: Question, *, compute: Compute | None = None
) -> FunnelResult:
    """Answer a question that is checked already.

    Raises:
        BadInput: a step or filter names what does not exist, or the range is empty.
    """
    marks = marks_for(sequences, question)
    plan = plan_of(question, marks)
    breakdown = question.rules.breakdown
    split = None if breakdown is None else split_of(sequences, breakdown)
    workers = compute or all_threads()

    def ask(plan: Plan, keeps: Sequence[Keep]) -> Ran:
        pieces = pieces_of(sequences, question, marks, keeps, workers.width)
        ran = list(workers.map(partial(run_piece, plan=plan, split=split), pieces))
        newest = max((one.newest_us for one in ran), default=NEVER)
        return Ran(joined([one.units for one in ran]), newest)

    everyone = ask(plan, [everything_kept()] * len(marks))
    units, as_of = everyone.units, question.rules.as_of_us
    if as_of is None:
        as_of = everyone.newest_us if everyone.newest_us != NEVER else 0

    def staying(units: Units) -> Attempts:
        found = Attempts(
            units=units,
            steps=question.steps,
            as_of_us=as_of,
            keep_zero=not question.habits.drops_zero,
            labels=sequences.labels,
        )
        is_out = (units.state & DROPPED) != 0
        return found.chosen(~is_out) if is_out.any() else found

    attempts = staying(units)
    parts = None
    if split is not None and breakdown is not None:
        if split.attribution is Attribution.ALL_EVENTS and not split.of_people:
            general = replace(plan, step_of=None)
            parts = split_by_events(
                split, breakdown, lambda keeps: staying(ask(general, keeps).units)
            )
        else:
            parts = tell_splits(attempts, split, breakdown)
    gone = units.person[(units.state & DROPPED) != 0]
    return FunnelResult(
        steps=tell_steps(attempts),
        rules=question.rules,
        attempts=attempts,
        as_of_us=as_of,
        excluded=np.unique(gone).astype(np.int64),
        breakdown=parts,
    )
