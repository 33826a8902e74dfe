"""Designed against actual: `conformance(journey, sequences)`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys import (
    EVERYTHING,
    Crowd,
    Figure,
    Filters,
    NameCount,
    Sequences,
    benjamini_hochberg,
    figure,
    is_small,
    newcombe,
    p_value,
)
from hamsafar.maps.cases import NEVER, SECOND_US, Laid, laid, others_of
from hamsafar.maps.cells import MapCell, Place, PlaceKind, Whole, cell_of, name_of
from hamsafar.maps.deviations import NOWHERE, Key
from hamsafar.maps.results import CardFit, Conformance, Deviation, Effect, StageFit
from hamsafar.maps.tally import CAME, WAITS, Costs, Tally, costs_of, tally_of
from hamsafar.maps.types import DeviationKind, JourneyMap
from hamsafar.maps.walk import stage_of, touchpoints_of
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

MINUTE_US = 60 * SECOND_US
_UNTIMED = frozenset({DeviationKind.MISSING, DeviationKind.STOPPED})
"""What did not happen took no time."""
Mask = NDArray[np.bool_]


def conformance(
    journey: JourneyMap,
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    allowed: Collection[str] = (),
    as_of_us: int | None = None,
    compute: Compute | None = None,
) -> Conformance:
    """Lay a map over real journeys.

    Args:
        journey: the map.
        sequences: whose events.
        filters: which events count; its times choose attempts by their beginning.
        allowed: keys of deviations that take nothing from fitness.
        as_of_us: now, µs UTC; None: the newest step.
        compute: where work runs; None: a thread for each processor.

    Raises:
        BadInput: a filter is wrong.
    """
    return Picture.of(journey, sequences, filters, as_of_us=as_of_us, compute=compute).conformance(
        allowed
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """How well each attempt fits.

    Attributes:
        fitness: f64[c], 0 … 1.
        is_fitting: bool[c], no deviation that is not allowed.
        is_over: bool[c], it cannot go on.
        ended_us: i64[c], its last step, µs UTC.
    """

    fitness: NDArray[np.float64]
    is_fitting: Mask
    is_over: Mask
    ended_us: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A map laid over the history, from which figures and lists of people are read.

    Attributes:
        laid: attempts and their alignments.
        tally: their deviations.
        channels: names of channels by code.
        others: events the map does not know.
        least: what fewer people stand behind is hidden, or left out.
    """

    laid: Laid
    tally: Tally
    channels: tuple[str, ...]
    others: tuple[NameCount, ...]
    least: int = 0

    @classmethod
    def of(
        cls,
        journey: JourneyMap,
        sequences: Sequences,
        filters: Filters = EVERYTHING,
        *,
        as_of_us: int | None = None,
        compute: Compute | None = None,
    ) -> Picture:
        """Lay a map over the history; arguments and errors as of `conformance`."""
        found = laid(journey, sequences, filters, as_of_us=as_of_us, compute=compute)
        return cls(
            laid=found,
            tally=tally_of(found),
            channels=sequences.channels,
            others=others_of(sequences, filters, found),
        )

    def conformance(self, allowed: Collection[str] = ()) -> Conformance:
        """Return the figures.

        Args:
            allowed: keys of deviations that take nothing from fitness.
        """
        found, cases = self.laid, self.laid.cases
        keys = self._keys(allowed)
        costs = costs_of(found, keys)
        fitness = costs.fitness(cases.variant, cases.is_open)
        decided, reached = self._goal()
        everyone = self._people(np.ones(len(cases), np.bool_))
        return Conformance(
            journey=found.journey,
            people=everyone,
            attempts=len(cases),
            open=int(cases.is_open.sum()),
            variants=len(found.texts),
            fitness=float(fitness.mean()) if len(cases) else None,
            fitting=figure(int(self._fitting(keys).sum()), len(cases), cell=Whole.FITTING.value),
            goal=figure(
                int(reached.sum()),
                int(decided.sum()),
                open=int((~decided).sum()),
                cell=Whole.GOAL.value,
            ),
            stages=self._stages(costs, everyone),
            cards=self._cards(everyone),
            deviations=self._deviations(keys, everyone),
            others=self.others,
            unknown_events=found.alphabet.unknown_events,
            unknown_channels=found.alphabet.unknown_channels,
            too_long=found.too_long,
            as_of_us=found.as_of_us,
        )

    def crowd(self, name: str, allowed: Collection[str] = ()) -> Crowd:
        """Return the people behind a number.

        Args:
            name: of the number, see `cells`.
            allowed: as for the figures; `fitting` depends on it.

        Raises:
            BadInput: the map has no such number.
        """
        cell = cell_of(name, self.laid.journey, self.channels)
        case, step, lost = self._rows(cell, self._keys(allowed))
        person = self.laid.persons[case].astype(np.int64)
        order = np.lexsort((self.laid.steps.time[step], person))
        person, at, took = person[order], self.laid.steps.time[step][order], lost[order]
        first = np.flatnonzero(np.diff(person, prepend=-1))
        counts = np.diff(np.append(first, len(person)))
        is_timed = bool((took >= 0).all()) and len(took) > 0
        return Crowd(
            person=person[first],
            counts=counts,
            last_at=at[first + counts - 1] if len(first) else first,
            took=took if is_timed else np.zeros(0, np.int64),
        )

    def fits(self, allowed: Collection[str] = ()) -> Fits:
        """Return how well each attempt fits.

        Args:
            allowed: keys of deviations that take nothing from fitness.
        """
        cases, keys = self.laid.cases, self._keys(allowed)
        return Fits(
            fitness=costs_of(self.laid, keys).fitness(cases.variant, cases.is_open),
            is_fitting=self._fitting(keys),
            is_over=~cases.is_open,
            ended_us=self.laid.steps.time[cases.last - 1],
        )

    def _keys(self, allowed: Collection[str]) -> frozenset[Key]:
        wanted = frozenset(allowed)
        journey = self.laid.journey
        return frozenset(
            key for key in self.tally.keys if name_of(key, journey, self.channels) in wanted
        )

    def _rows(self, cell: MapCell, allowed: frozenset[Key]) -> tuple[I64, I64, I64]:
        """Return attempt, step and µs of each time a number counts; µs -1: not measured."""
        match cell:
            case Key():
                rows = self.tally.of(cell)
                lost = self.tally.lost[rows]
                if cell.kind in _UNTIMED:
                    lost = np.full(len(rows), -1, np.int64)
                return self.tally.case[rows], self.tally.step[rows], lost
            case Place(PlaceKind.STAGE, number):
                stages = np.array(stage_of(self.laid.journey))
                rows = np.flatnonzero(stages[self.tally.waits.touch] == number)
            case Place(PlaceKind.WAITING, number):
                waits = self.tally.waits
                rows = np.flatnonzero((waits.touch == number) & (waits.state == WAITS))
            case Place(PlaceKind.REACHED, number):
                rows = np.flatnonzero(self.tally.waits.touch == number)
            case Whole():
                return self._whole(cell, allowed)
        waits = self.tally.waits
        return waits.case[rows], waits.step[rows], np.full(len(rows), -1, np.int64)

    def _whole(self, cell: Whole, allowed: frozenset[Key]) -> tuple[I64, I64, I64]:
        cases = self.laid.cases
        match cell:
            case Whole.EVERYONE:
                chosen = np.ones(len(cases), np.bool_)
            case Whole.FITTING:
                chosen = self._fitting(allowed)
            case Whole.GOAL:
                chosen = self._goal()[1]
        case = np.flatnonzero(chosen)
        step = cases.goal_at[case] if cell is Whole.GOAL else cases.last[case] - 1
        return case, step, np.full(len(case), -1, np.int64)

    def _fitting(self, allowed: frozenset[Key]) -> Mask:
        """Return which attempts have no deviation but allowed ones."""
        fits = np.ones(len(self.laid.cases), np.bool_)
        if self.tally.keys:
            counts = np.array([key not in allowed for key in self.tally.keys])
            fits[self.tally.case[counts[self.tally.dev]]] = False
        return fits

    def _goal(self) -> tuple[Mask, Mask]:
        """Return which attempts are decided, and which of them reached the goal."""
        reached = self.laid.cases.goal_at != NEVER
        return reached | ~self.laid.cases.is_open, reached

    def _figure(self, count: int, of: int, cell: str | None = None) -> Figure:
        return figure(count, of, cell=cell, least=self.least)

    def _people(self, chosen: Mask) -> int:
        who = self.laid.cases.who[chosen]
        return int((np.diff(who, prepend=-1) != 0).sum())

    def _marked(self, case: I64) -> Mask:
        chosen = np.zeros(len(self.laid.cases), np.bool_)
        chosen[case] = True
        return chosen

    def _stages(self, costs: Costs, everyone: int) -> tuple[StageFit, ...]:
        cases, waits = self.laid.cases, self.tally.waits
        stages = np.array(stage_of(self.laid.journey))[waits.touch]
        found = []
        for number, stage in enumerate(self.laid.journey.stages):
            worst = costs.worst_by_stage[cases.variant, number]
            cost = np.minimum(costs.by_stage[cases.variant, number], worst)
            came = worst > 0
            fit = float((1 - cost[came] / worst[came]).mean()) if came.any() else None
            people = self._people(self._marked(waits.case[stages == number]))
            cell = f"{PlaceKind.STAGE}:{stage.id}"
            found.append(
                StageFit(stage=stage.id, fitness=fit, people=self._figure(people, everyone, cell))
            )
        return tuple(found)

    def _cards(self, everyone: int) -> tuple[CardFit, ...]:
        waits, laid_map = self.tally.waits, self.laid
        wrong_rows: dict[int, int] = {}
        for place, key in enumerate(self.tally.keys):
            if key.kind is DeviationKind.WRONG_CHANNEL:
                times = int((self.tally.dev == place).sum())
                wrong_rows[key.touch] = wrong_rows.get(key.touch, 0) + times
        found = []
        for number, one in enumerate(touchpoints_of(laid_map.journey)):
            rows = np.flatnonzero(waits.touch == number)
            took, state = waits.took[rows], waits.state[rows]
            came = took[state == CAME] / SECOND_US
            chosen = self._marked(waits.case[rows])
            late = None
            if one.at_most_s is not None:
                known = state != 2
                beyond = known & (took > one.at_most_s * SECOND_US)
                undecided = int(((state == WAITS) & ~beyond).sum())
                late = figure(
                    int(beyond.sum()),
                    int(known.sum()),
                    open=undecided,
                    cell=f"{DeviationKind.TOO_LATE}:{one.id}",
                )
            found.append(
                CardFit(
                    touchpoint=one.id,
                    people=self._figure(
                        self._people(chosen), everyone, f"{PlaceKind.REACHED}:{one.id}"
                    ),
                    attempts=self._figure(int(chosen.sum()), len(laid_map.cases)),
                    times=len(rows),
                    wrong=figure(wrong_rows.get(number, 0), len(rows)),
                    wait_median_s=float(np.median(came)) if len(came) else None,
                    wait_p95_s=float(np.quantile(came, 0.95)) if len(came) else None,
                    late=late,
                    open=int((state == WAITS).sum()),
                )
            )
        return tuple(found)

    def _deviations(self, allowed: frozenset[Key], everyone: int) -> tuple[Deviation, ...]:
        found: list[Deviation] = []
        tests: list[tuple[int, float]] = []
        order = np.argsort(self.tally.dev, kind="stable")
        bounds = np.searchsorted(self.tally.dev[order], np.arange(len(self.tally.keys) + 1))
        price, touchpoints = self._price(), touchpoints_of(self.laid.journey)
        for place, key in enumerate(self.tally.keys):
            rows = order[bounds[place] : bounds[place + 1]]
            chosen = self._marked(self.tally.case[rows])
            people = self._people(chosen)
            if not people or is_small(people, self.least):
                continue
            effect = self._effect(key, chosen)
            if effect is not None:
                tests.append((len(found), effect[1]))
            touchpoint = touchpoints[key.touch].id if key.touch != NOWHERE else ""
            is_wrong = key.kind is DeviationKind.WRONG_CHANNEL and key.channel < len(self.channels)
            name = name_of(key, self.laid.journey, self.channels)
            found.append(
                Deviation(
                    key=name,
                    kind=key.kind,
                    touchpoint=touchpoint,
                    channel=self.channels[key.channel] if is_wrong else "",
                    people=figure(people, everyone, cell=name),
                    attempts=figure(int(chosen.sum()), len(self.laid.cases)),
                    times=len(rows),
                    minutes=float(self.tally.lost[rows].sum()) / MINUTE_US,
                    cost=price.get(key, 0.0),
                    effect=None if effect is None else effect[0],
                    allowed=key in allowed,
                )
            )
        for (place, _), q in zip(tests, benjamini_hochberg([p for _, p in tests]), strict=True):
            effect_of = found[place].effect
            if effect_of is not None:
                found[place] = replace(found[place], effect=replace(effect_of, q=q))
        return tuple(sorted(found, key=lambda d: (-(d.people.count or 0), d.key)))

    def _price(self) -> dict[Key, float]:
        """Return what each deviation takes from the fitness of all attempts together."""
        found, rows = self.laid, self.laid.rows
        counts = np.bincount(found.cases.variant, minlength=len(found.texts))
        over = np.bincount(found.cases.variant[~found.cases.is_open], minlength=len(found.texts))
        of = np.repeat(np.arange(len(found.texts)), np.diff(rows.lo))
        worst = costs_of(found, frozenset()).worst[of]
        is_stop = rows.has_kind(DeviationKind.STOPPED).astype(np.bool_)
        weight = np.where(is_stop, over[of], counts[of]) * rows.cost / np.maximum(worst, 1)
        sums = np.bincount(rows.dev, weights=weight, minlength=len(rows.keys))
        return dict(zip(rows.keys, sums.tolist(), strict=True))

    def _effect(self, key: Key, chosen: Mask) -> tuple[Effect, float] | None:
        """Return how the goal goes with and without a deviation, and the p-value."""
        goals = set(self.laid.journey.goal)
        touchpoints = touchpoints_of(self.laid.journey)
        is_goal = key.touch != NOWHERE and touchpoints[key.touch].id in goals
        if not goals or is_goal or key.kind is DeviationKind.STOPPED:
            return None
        decided, reached = self._goal()
        with_it, without = decided & chosen, decided & ~chosen
        of_a, of_b = int(with_it.sum()), int(without.sum())
        if not of_a or not of_b:
            return None
        a, b = int((with_it & reached).sum()), int((without & reached).sum())
        gap = newcombe(a, of_a, b, of_b)
        effect = Effect(
            given=figure(a, of_a),
            without=figure(b, of_b),
            difference=gap.value,
            low=gap.low,
            high=gap.high,
            q=1.0,
        )
        return effect, p_value(a, of_a, b, of_b)
