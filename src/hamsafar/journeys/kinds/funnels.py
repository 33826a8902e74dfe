"""Funnels as answers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamsafar.journeys import answers
from hamsafar.journeys.columns import PropertyColumn, TraitColumn
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.funnel import count_funnel
from hamsafar.journeys.funnel_result import (
    Attempts,
    FunnelResult,
    FunnelSplit,
    FunnelStep,
    Part,
    crowd_of,
)
from hamsafar.journeys.funnel_types import (
    Attribution,
    Breakdown,
    CountBy,
    Exclusion,
    ExclusionPolicy,
    FunnelRules,
    Order,
    Semantics,
    Step,
    Ties,
)
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.run import Keys, finite, no_cell
from hamsafar.journeys.query import FunnelQuery
from hamsafar.journeys.query import Step as AskedStep
from hamsafar.journeys.suppression import Key, Shown, Sum, chain, shown

_BIN_EDGES_S = (
    *(0.0, 1.0, 3.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1_800.0, 3_600.0, 10_800.0, 21_600.0),
    *(43_200.0, 86_400.0, 172_800.0, 345_600.0, 604_800.0, 1_209_600.0, 2_592_000.0, 7_776_000.0),
)
"""Where bins of the time to convert begin: a second, three, … a day, two, four, a week, …"""

WHOLE = ""
"""Names the funnel that is not split."""


def walk_funnel(query: FunnelQuery, ground: Ground) -> FunnelRun:
    """Walk for a funnel.

    Raises:
        BadInput: an unknown event, or rules that contradict each other.
    """
    found = count_funnel(
        ground.sequences,
        steps_of(query, ground),
        ground.filters,
        rules=rules_of(query, ground),
        compute=ground.compute,
    )
    return FunnelRun(query=query, ground=ground, funnel=found)


def steps_of(query: FunnelQuery, ground: Ground) -> tuple[Step, ...]:
    """Return the steps of a funnel on a ground."""
    return tuple(
        Step(
            what=ground.what(asked, f"query.steps[{number}]"),
            label=_label(asked, number),
            optional=asked.optional,
        )
        for number, asked in enumerate(query.steps)
    )


def rules_of(query: FunnelQuery, ground: Ground) -> FunnelRules:
    """Return the rules of a funnel on a ground."""
    return FunnelRules(
        window_s=query.window_s,
        order=Order(query.order),
        ties=Ties(query.ties),
        reuse=query.reuse,
        exclusions=tuple(
            Exclusion(
                what=ground.what(one, f"query.exclusions[{number}]"),
                from_step=one.from_step,
                to_step=one.to_step,
            )
            for number, one in enumerate(query.exclusions)
        ),
        exclusion_policy=ExclusionPolicy(query.exclusion_policy),
        semantics=Semantics(query.semantics),
        count_by=CountBy(query.count_by),
        session_gap_s=query.scope.session_gap_s,
        breakdown=_breakdown(query, ground),
        as_of_us=ground.as_of_us,
    )


def dropped_since(found: FunnelResult, step: int) -> dict[str | int, int]:
    """Return when, µs UTC, each person who got no further reached a step; of several, the last."""
    rows = found.attempts.at(step, Part.DROPPED)
    people = found.attempts.units.person[rows].tolist()
    return dict(sorted(zip(people, found.attempts.times_us(step)[rows].tolist(), strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRun:
    """A funnel that was walked."""

    query: FunnelQuery
    ground: Ground
    funnel: FunnelResult

    def result(self, least: int) -> answers.FunnelResult:
        """Return the steps, the time to convert and the breakdown."""
        found = self.funnel
        told = self._shown(least)
        last = len(found.steps) - 1
        return answers.FunnelResult(
            steps=self._steps(found.steps, WHOLE, told),
            conversion=told.figure(
                (WHOLE, "reached", last),
                (WHOLE, "reached", 0),
                open=_open(found.steps, last),
                cell=self.ground.cell(WHOLE, "reached", last),
            ),
            excluded=told.figure(("excluded",), cell=self.ground.cell(WHOLE, "excluded", 0))
            if len(found.excluded) or self.query.exclusion_policy == "drop_person"
            else None,
            time_to_convert=self._times(told),
            breakdown=None
            if found.breakdown is None
            else tuple(self._split(split, told) for split in found.breakdown),
            semantics=self.query.semantics,
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of a step, of those who left there, of a bin, or who were excluded."""
        match keys:
            case (str(name), str(part), int(step)) if 0 <= step < len(self.funnel.steps):
                attempts = self._attempts(name)
                if part == "excluded":
                    return _plain(self.funnel)
                if part in set(Part):
                    return crowd_of(attempts, attempts.at(step, Part(part)), step)
            case (str(name), "bin", int(number), int(_)):
                return self._bin_crowd(number)
        raise no_cell()

    def _attempts(self, name: str) -> Attempts:
        if name == WHOLE:
            return self.funnel.attempts
        for split in self.funnel.breakdown or ():
            if _name(split) == name:
                return split.attempts
        raise no_cell()

    def _steps(
        self, steps: Sequence[FunnelStep], name: str, told: Shown
    ) -> tuple[answers.FunnelStep, ...]:
        before = 0
        rows = []
        for number, step in enumerate(steps):
            reached = (name, "reached", number)
            is_hidden = reached in told.hidden
            dropped = told.figure(
                (name, "dropped", number),
                reached,
                open=step.open,
                cell=self.ground.cell(name, "dropped", number),
            )
            rows.append(
                answers.FunnelStep(
                    label=step.label,
                    optional=step.optional,
                    reached=told.figure(
                        reached,
                        (name, "reached", 0),
                        open=_open(steps, number),
                        cell=self.ground.cell(*reached),
                    ),
                    from_previous=told.figure(
                        reached, (name, "reached", before), cell=self.ground.cell(*reached)
                    ),
                    dropped=dropped,
                    open=dropped.open,
                    mean_s=None if is_hidden else finite(step.mean_s),
                    median_s=None if is_hidden else finite(step.median_s),
                    p95_s=None if is_hidden else finite(step.p95_s),
                )
            )
            before = before if step.optional else number
        return tuple(rows)

    def _split(self, split: FunnelSplit, told: Shown) -> answers.FunnelSplit:
        return answers.FunnelSplit(
            value=None if split.value is None else str(split.value),
            label=split.label,
            is_other=split.is_other,
            is_unknown=split.is_unknown,
            steps=self._steps(split.steps, _name(split), told),
        )

    def _times(self, told: Shown) -> answers.TimeToConvert:
        took = self.funnel.durations_s()
        if not len(took) or (WHOLE, "reached", len(self.funnel.steps) - 1) in told.hidden:
            return answers.TimeToConvert(median_s=None, mean_s=None, p95_s=None, bins=())
        median, p95 = np.quantile(took, [0.5, 0.95]).tolist()
        edges = _edges(float(took.max()))
        bins = []
        for number, low in enumerate(edges):
            key = (WHOLE, "bin", number, 0)
            is_hidden = key in told.hidden
            bins.append(
                answers.Bin(
                    from_s=low,
                    to_s=edges[number + 1] if number + 1 < len(edges) else None,
                    count=None if is_hidden else told.counts.get(key, 0),
                    cell=None if is_hidden else self.ground.cell(*key),
                )
            )
        return answers.TimeToConvert(
            median_s=median, mean_s=float(took.mean()), p95_s=p95, bins=tuple(bins)
        )

    def _bin_crowd(self, number: int) -> Crowd:
        attempts, last = self.funnel.attempts, len(self.funnel.steps) - 1
        rows = attempts.at(last, Part.REACHED)
        took = (attempts.times_us(last) - attempts.times_us(0)) / 1e6
        longest = float(took[rows].max()) if rows.any() else 0.0
        edges = _edges(longest)
        if not 0 <= number < len(edges):
            raise no_cell()
        place = np.searchsorted(edges, took, side="right") - 1
        return crowd_of(attempts, rows & (place == number), last)

    def _shown(self, least: int) -> Shown:
        found = self.funnel
        counts: dict[Key, int] = {("excluded",): len(found.excluded)}
        sums = _chained(WHOLE, found.steps, counts)
        took = found.durations_s()
        edges = _edges(float(took.max()) if len(took) else 0.0)
        places = np.searchsorted(edges, took, side="right") - 1
        sizes = np.bincount(places, minlength=len(edges)).tolist()
        bins: list[Key] = [(WHOLE, "bin", number, 0) for number in range(len(edges))]
        counts.update(zip(bins, sizes, strict=True))
        last = len(found.steps) - 1
        if len(took) == found.steps[last].count:
            sums.append(((WHOLE, "reached", last), bins))
        splits = found.breakdown or ()
        for split in splits:
            sums += _chained(_name(split), split.steps, counts)
        split_by = self.query.breakdown
        if splits and split_by is not None and split_by.attribution != "all_events":
            for number in range(len(found.steps)):
                for part in ("reached", "dropped"):
                    parts: list[Key] = [(_name(split), part, number) for split in splits]
                    sums.append(((WHOLE, part, number), parts))
        return shown(counts, sums, least=least)


def _chained(name: str, steps: Sequence[FunnelStep], counts: dict[Key, int]) -> list[Sum]:
    """Add the numbers of a funnel to `counts` and return the sums between them."""
    required: list[Key] = []
    lost: list[Key] = []
    sums: list[Sum] = []
    for number, step in enumerate(steps):
        reached, dropped = (name, "reached", number), (name, "dropped", number)
        counts[reached], counts[dropped] = step.count, step.dropped
        if step.optional:
            skipped = (name, "skipped", number)
            counts[skipped] = counts[required[-1]] - step.count
            sums.append((required[-1], [reached, skipped]))
        else:
            required.append(reached)
            lost.append(dropped)
    return sums + chain(required, lost[:-1])


def _open(steps: Sequence[FunnelStep], number: int) -> int:
    """Return how many of those who entered may still reach a step: who waits at one before it."""
    return sum(step.open for step in steps[:number] if not step.optional)


def _edges(longest_s: float) -> list[float]:
    """Return where the bins begin, up to the longest duration."""
    return list(_BIN_EDGES_S[: max(1, bisect_right(_BIN_EDGES_S, longest_s))])


def _plain(found: FunnelResult) -> Crowd:
    """Return the people an exclusion took out; when they last did anything is not kept."""
    one = np.ones_like(found.excluded)
    return Crowd(
        person=found.excluded, counts=one, last_at=np.zeros_like(one), took=np.zeros(0, np.int64)
    )


def _label(asked: AskedStep, number: int) -> str:
    return asked.label or asked.name or f"step {number + 1}"


def _name(split: FunnelSplit) -> str:
    """Return what tells one value of a breakdown from the others: 1 and "1" are two."""
    if split.is_other or split.is_unknown:
        return "other" if split.is_other else "unknown"
    return f"{type(split.value).__name__}:{split.value}"


def _breakdown(query: FunnelQuery, ground: Ground) -> Breakdown | None:
    asked = query.breakdown
    if asked is None:
        return None
    sequences = ground.sequences
    by: PropertyColumn | TraitColumn | None = None
    if asked.property is not None:
        by = sequences.properties[asked.property]
    elif asked.trait is not None:
        by = sequences.traits[asked.trait]
    return Breakdown(
        by=by,
        attribution=Attribution(asked.attribution),
        step=asked.step,
        limit=asked.limit,
        label=asked.property or asked.trait or "channel",
    )
