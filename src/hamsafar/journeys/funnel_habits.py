"""What other programs do their own way: as switches, so that each can be thrown alone."""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.journeys.funnel_types import Semantics

_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Where a program counts differently from us; all defaults: not at all.

    Attributes:
        reuses: one event takes all steps it meets.
        grain_us: times are cut to multiples of this.
        is_bounded: the filters' range bounds all events, not only entering.
        ignores_exclusions: it has none.
        drops_people: an exclusion takes out the person.
        marks: as PostHog: one attempt per level, marked by exclusions, ties sorted by step.
        is_anchored: an attempt begins at the first step 1 and later ones do not renew it.
        drops_zero: durations of zero are left out of means and medians.
    """

    reuses: bool = False
    grain_us: int = 1
    is_bounded: bool = False
    ignores_exclusions: bool = False
    drops_people: bool = False
    marks: bool = False
    is_anchored: bool = False
    drops_zero: bool = False


OURS = Habits()

_HABITS = {
    Semantics.HAMSAFAR: OURS,
    Semantics.POSTHOG: Habits(is_bounded=True, drops_people=True, marks=True, drops_zero=True),
    Semantics.CLICKHOUSE: Habits(
        reuses=True, grain_us=_SECOND_US, is_bounded=True, ignores_exclusions=True
    ),
    Semantics.MIXPANEL_CLASSIC: Habits(is_anchored=True),
}


def habits_of(semantics: Semantics) -> Habits:
    """Return the habits of a program."""
    return _HABITS[semantics]
