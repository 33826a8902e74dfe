"""Drivers: what moves an outcome, matched on time at risk: `drivers(sequences, outcome)`.

Each attempt begins with an entry and ends with the outcome or with its time. A candidate counts
when it happened in the attempt before the outcome; see `matching` for whom it is compared with,
`exact` for the odds ratio, `effects` for outcomes gained and lost. What is found is observational.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hamsafar.impact.attempts import Attempts, Time
from hamsafar.impact.candidates import Exposure, Ground, exposures_of, ground_of
from hamsafar.impact.driver_results import Driver, Drivers, span_s
from hamsafar.impact.effects import Effect, effect_of
from hamsafar.impact.exact import common_odds
from hamsafar.impact.flow import Flow
from hamsafar.impact.matching import Matched, matched, moments_of
from hamsafar.impact.outcomes import tried
from hamsafar.impact.types import (
    DAY_S,
    Candidate,
    Channels,
    Events,
    FirstTime,
    Nature,
    Outcome,
    Rates,
    Reaches,
    Source,
    What,
)
from hamsafar.journeys import (
    EVERYTHING,
    Filters,
    Role,
    Roles,
    Sequences,
    benjamini_hochberg,
    default_roles,
    figure,
)
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import BadInput

MONTH_S = 30.4375 * DAY_S
STEP_SHARE = 0.8
"""An event so many of those who reach the outcome pass is a step there."""
CHECKOUT_SHARE = 0.2
"""Of a checkout's events so many are enough: a coupon is none of its steps."""
_PLACES = frozenset({Role.PAGE, Role.BROWSE, Role.SEARCH, Role.CLICK, Role.SIGN_IN, Role.TECHNICAL})
_ORDER = {Nature.CAUSE: 0, Nature.STEP: 1, Nature.PLACE: 2}
SKEW = 10.0
USUAL: tuple[Candidate, ...] = (Events(), Channels(), FirstTime())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How drivers are looked for.

    Attributes:
        window_s: how long an attempt may take.
        entered: range of entries, µs UTC, its end not included.
        filters: which events count at all; a range of time belongs into `entered`.
        min_people: a candidate needs so many exposed people, and as many moments alike.
        level: false-discovery rate to accept.
        roles: what events are, by name; None: what their names say.
    """

    window_s: float = 7 * DAY_S
    entered: tuple[int | None, int | None] = (None, None)
    filters: Filters = EVERYTHING
    min_people: int = 20
    level: float = 0.05
    roles: Roles | None = None

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            BadInput: out of range.
        """
        if not 0 < self.window_s <= 3_660 * DAY_S:
            raise BadInput("window_s must be above 0 and at most ten years", where="window_s")
        if self.min_people < 1:
            raise BadInput(
                f"min_people must be 1 or more, not {self.min_people}", where="min_people"
            )
        if not 0 < self.level < 1:
            raise BadInput(f"level must lie between 0 and 1, not {self.level}", where="level")

    def roles_of(self, flow: Flow) -> Roles:
        """Return what events are."""
        return default_roles(flow.sequences.names) if self.roles is None else self.roles

    @property
    def time(self) -> Time:
        """Return the time attempts have."""
        return Time(window_us=int(self.window_s * SECOND_US), entered=self.entered)


DEFAULTS = Rules()


def drivers(
    sequences: Sequences,
    outcome: Outcome,
    *,
    entry: What | None = None,
    candidates: Sequence[Candidate] = USUAL,
    rules: Rules = DEFAULTS,
) -> Drivers:
    """Return what moves an outcome, the largest effect first.

    Args:
        sequences: whose events, with the properties and traits the question reads.
        outcome: what is to be explained.
        entry: what begins an attempt; None: each person's first event.
        candidates: what may move it.
        rules: window, range, support.

    Raises:
        BadInput: a name does not exist, or a property or trait is not loaded.
    """
    flow = Flow.of(sequences, rules.filters)
    attempts, values, unrated = tried(flow, outcome, entry, rules.time)
    moments = moments_of(flow, attempts, values, has_end=isinstance(outcome, Reaches))
    ground = ground_of(flow, attempts, moments, rules.roles_of(flow))
    seen = [_seen(ground, exposure) for exposure in exposures_of(ground, candidates)]
    told = [one for one in seen if min(one.people, one.others) >= rules.min_people]
    rows = [_row(ground, one, outcome) for one in told]
    rates = benjamini_hochberg([row.p for row in rows])
    judged = [
        replace(row, q=q, is_significant=q < rules.level)
        for row, q in zip(rows, rates, strict=True)
    ]
    judged.sort(key=_rank)
    reached = int(attempts.reached.sum())
    missed = len(attempts) - reached
    is_rating = isinstance(outcome, Rates)
    return Drivers(
        outcome=outcome,
        rows=tuple(judged),
        attempts=len(attempts),
        people=len(np.unique(attempts.person)),
        reached=figure(reached, len(attempts), open=attempts.open),
        mean=float(values.mean()) if is_rating and len(values) else None,
        open=attempts.open,
        unrated=unrated,
        tested=len(told),
        untested=len(seen) - len(told),
        is_skewed=not is_rating and max(reached, missed) > SKEW * min(reached, missed),
        span_s=span_s(flow.time[attempts.first]),
        level=rules.level,
        ground=ground,
        exposed={one.exposure.key: one.found.first for one in told},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    exposure: Exposure
    found: Matched
    people: int
    others: float


def _seen(ground: Ground, exposure: Exposure) -> _Seen:
    found = matched(ground.moments, exposure.at, exposure.pool)
    who = ground.moments.person[ground.moments.attempt[found.first]]
    return _Seen(
        exposure=exposure,
        found=found,
        people=len(np.unique(who)),
        others=float(found.others[found.exposed > 0].sum()),
    )


def _rank(row: Driver) -> tuple[bool, int, float, str]:
    return not row.is_significant, _ORDER[row.nature], -abs(row.effect), row.key


def _row(ground: Ground, seen: _Seen, outcome: Outcome) -> Driver:
    """Return a candidate's row; q and significance come when all are known."""
    found, exposure = seen.found, seen.exposure
    effect = effect_of(ground.moments, found, exposure.pool)
    is_rating = isinstance(outcome, Rates)
    odds = None if is_rating else common_odds(found.tables()).widened(effect.design_effect)
    scale = 1.0 / effect.matched if is_rating else 1.0
    span = span_s(ground.flow.time[ground.attempts.first])
    monthly = None if is_rating else MONTH_S / span
    bounds = [value * scale for value in (effect.sum.value, effect.sum.low, effect.sum.high)]
    months = [None if monthly is None else value * monthly for value in bounds]
    return Driver(
        key=exposure.key,
        source=exposure.source,
        name=exposure.name,
        value=exposure.value,
        attempts=effect.matched,
        people=seen.people,
        unmatched=found.unmatched,
        compared=int(found.others[found.exposed > 0].sum()),
        reached=int(ground.attempts.reached[ground.moments.attempt[found.first]].sum()),
        share=effect.reached / effect.matched,
        expected=effect.expected / effect.matched,
        odds_ratio=None if odds is None else odds.value,
        low=None if odds is None else odds.low,
        high=None if odds is None or np.isinf(odds.high) else odds.high,
        p=_normal_p(effect) if odds is None else odds.p,
        q=1.0,
        is_significant=False,
        is_exact=odds is not None and odds.is_exact,
        is_corrected=odds is not None and odds.is_corrected,
        nature=_nature(ground.attempts, exposure, found, ground.roles),
        design_effect=effect.design_effect,
        effect=bounds[0],
        effect_low=bounds[1],
        effect_high=bounds[2],
        per_month=months[0],
        per_month_low=months[1],
        per_month_high=months[2],
    )


def _nature(attempts: Attempts, exposure: Exposure, found: Matched, roles: Roles) -> Nature:
    if exposure.source is not Source.EVENT:
        return Nature.CAUSE
    are = roles[exposure.name]
    if Role.ERROR in are:
        return Nature.CAUSE
    if Role.PAGE in are:
        return Nature.PLACE
    passed = float(found.hit.sum()) / max(1, int(attempts.reached.sum()))
    is_checkout = Role.CHECKOUT in are and passed >= CHECKOUT_SHARE
    if passed >= STEP_SHARE or Role.CART in are or is_checkout:
        return Nature.STEP
    return Nature.PLACE if are and are <= _PLACES else Nature.CAUSE


def _normal_p(effect: Effect) -> float:
    from scipy.special import ndtr  # noqa: PLC0415 - loaded when first needed

    if effect.variance <= 0:
        return 1.0
    return float(2 * ndtr(-abs(effect.sum.value) / np.sqrt(effect.variance)))
