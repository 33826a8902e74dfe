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
from functools import partial
from typing import Unpack

import numpy as np

from hamsafar.journeys.funnel_plan import pieces_of, plan_of
from hamsafar.journeys.funnel_result import Attempts, FunnelResult, joined, tell_steps
from hamsafar.journeys.funnel_run import run_piece
from hamsafar.journeys.funnel_steps import check_rules, read_rules, read_steps
from hamsafar.journeys.funnel_types import FunnelRules, RuleWords, Semantics, Step, StepLike
from hamsafar.journeys.funnel_work import DROPPED
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
    workers = compute or all_threads()
    plan = plan_of(sequences, steps, filters, rules)
    pieces = pieces_of(sequences, filters, workers.width)
    units = joined(list(workers.map(partial(run_piece, plan=plan), pieces)))
    everyone = Attempts(
        units=units, steps=tuple(steps), keep_zero=rules.semantics is not Semantics.POSTHOG
    )
    is_out = (units.state & DROPPED) != 0
    attempts = everyone.chosen(~is_out) if is_out.any() else everyone
    return FunnelResult(
        steps=tell_steps(attempts),
        rules=rules,
        attempts=attempts,
        as_of_us=plan.limits.as_of,
        excluded=np.unique(units.person[is_out]).astype(np.int64),
    )
