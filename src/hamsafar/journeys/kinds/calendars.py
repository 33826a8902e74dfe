"""Retention, lifecycle and stickiness as answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hamsafar.journeys import answers
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.figures import Figure
from hamsafar.journeys.intervals import Clockface, Unit, intervals_between, span_of
from hamsafar.journeys.kinds.ground import Ground, What
from hamsafar.journeys.kinds.run import Keys, no_cell
from hamsafar.journeys.kinds.times import iso
from hamsafar.journeys.lifecycle import CalendarOptions, Lifecycle, State, lifecycle
from hamsafar.journeys.query import Happening, LifecycleQuery, RetentionQuery, StickinessQuery
from hamsafar.journeys.retention import Retention, RetentionCell, retention
from hamsafar.journeys.stickiness import Stickiness, stickiness
from hamsafar.journeys.suppression import Key, Shown, Sum, shown
from hamsafar.journeys.types import Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.lang.calendar import format_date

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_COHORTS = 400
_TOTAL = -1
"""The row of a retention table that has all cohorts."""


def walk_retention(query: RetentionQuery, ground: Ground) -> RetentionRun:
    """Walk for retention.

    Raises:
        BadInput: an unknown event, or more cohorts than anybody reads.
    """
    filters = _lately(ground, query.unit, query.periods + 1)
    found = retention(
        ground.sequences,
        filters,
        first=ground.what(query.first, "query.first"),
        again=ground.what(query.again, "query.again"),
        compute=ground.compute,
        periods=query.periods,
        mode=query.mode,
        cohort=query.cohort,
        counting=query.counting,
        as_of_us=ground.as_of_us + 1,
        **_options(ground, query.unit),
    )
    if len(found.cohorts) > _MOST_COHORTS:
        message = f"{len(found.cohorts)} cohorts are too many; take a longer unit or fewer dates"
        raise BadInput(message, where="query.unit")
    return RetentionRun(ground=ground, table=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRun:
    """A table of retention that was walked."""

    ground: Ground
    table: Retention

    def result(self, least: int) -> answers.RetentionResult:
        """Return the table."""
        told = self._shown(least)
        unit = self.table.unit
        return answers.RetentionResult(
            cohorts=tuple(
                answers.Cohort(
                    start=iso(cohort.start_us),
                    label=label_of(cohort.start_us, cohort.label, unit, self.ground),
                    size=told.figure(("size", row), cell=self.ground.cell("size", row)),
                    cells=tuple(self._cell(cell, row, told) for cell in cohort.cells),
                )
                for row, cohort in enumerate(self.table.cohorts)
            ),
            total=tuple(self._cell(cell, _TOTAL, told) for cell in self.table.total),
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of a cell, or of a whole cohort."""
        match keys:
            case ("size", int(row)):
                return self.table.crowd(0, row)
            case ("cell", int(row), int(period)):
                return self.table.crowd(period, None if row == _TOTAL else row)
            case _:
                raise no_cell()

    def _cell(self, cell: RetentionCell, row: int, told: Shown) -> answers.RetentionCell:
        place = (row, cell.period)
        figure = told.figure(
            ("cell", *place),
            ("mature", *place),
            open=cell.open,
            cell=self.ground.cell("cell", *place),
        )
        return answers.RetentionCell(**asdict(figure), is_mature=cell.is_mature)

    def _shown(self, least: int) -> Shown:
        counts: dict[Key, int] = {}
        sums: list[Sum] = []
        rows = [*enumerate(c.cells for c in self.table.cohorts), (_TOTAL, self.table.total)]
        for row, cells in rows:
            size = cells[0].of + cells[0].open
            counts["size", row] = size
            for cell in cells:
                place = (row, cell.period)
                counts["cell", *place] = cell.count
                counts["mature", *place] = cell.of
                counts["open", *place] = cell.open
                counts["lost", *place] = cell.of - cell.count
                sums.append((("mature", *place), [("cell", *place), ("lost", *place)]))
                sums.append((("size", row), [("mature", *place), ("open", *place)]))
        cohorts = range(len(self.table.cohorts))
        for cell in self.table.total:
            for kind in ("cell", "lost", "open"):
                parts: list[Key] = [(kind, row, cell.period) for row in cohorts]
                sums.append(((kind, _TOTAL, cell.period), parts))
        return shown(counts, sums, least=least)


def walk_lifecycle(query: LifecycleQuery, ground: Ground) -> LifecycleRun:
    """Walk for the life cycle.

    Raises:
        BadInput: an unknown event, or too many intervals.
    """
    found = lifecycle(
        ground.sequences,
        _lately(ground, query.unit, query.periods),
        of=_activity(query.of, ground),
        compute=ground.compute,
        **_options(ground, query.unit),
    )
    return LifecycleRun(ground=ground, lifecycle=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRun:
    """A life cycle that was walked."""

    ground: Ground
    lifecycle: Lifecycle

    def result(self, least: int) -> answers.LifecycleResult:
        """Return the intervals; of one that is not over the dormant are open."""
        told = self._shown(least)
        rows = []
        for number, one in enumerate(self.lifecycle.intervals):
            figures: dict[str, Figure] = {}
            for state in State:
                is_open = state is State.DORMANT and not one.is_over
                figures[state] = told.figure(
                    (number, state),
                    ("active", number) if state is not State.DORMANT else ("active", number - 1),
                    open=one.dormant if is_open else 0,
                    cell=self.ground.cell(number, state.value),
                )
            rows.append(
                answers.LifecycleInterval(
                    start=iso(one.start_us),
                    label=label_of(one.start_us, one.label, self.lifecycle.unit, self.ground),
                    **figures,
                )
            )
        return answers.LifecycleResult(intervals=tuple(rows))

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of a state in an interval."""
        match keys:
            case (int(number), str(state)):
                return self.lifecycle.crowd(number, state)
            case _:
                raise no_cell()

    def _shown(self, least: int) -> Shown:
        counts: dict[Key, int] = {}
        sums: list[Sum] = []
        for number, one in enumerate(self.lifecycle.intervals):
            counts.update({(number, state): getattr(one, state.value) for state in State})
            counts["active", number] = one.active
            active = (State.NEW, State.RETURNING, State.RESURRECTING)
            sums.append((("active", number), [(number, state) for state in active]))
            counts.setdefault(("active", number - 1), one.returning + one.dormant)
            before: list[Key] = [(number, State.RETURNING), (number, State.DORMANT)]
            sums.append((("active", number - 1), before))
        return shown(counts, sums, least=least)


def walk_stickiness(query: StickinessQuery, ground: Ground) -> StickinessRun:
    """Walk for stickiness.

    Raises:
        BadInput: an unknown event, or too many intervals.
    """
    found = stickiness(
        ground.sequences,
        _lately(ground, query.unit, query.periods),
        of=_activity(query.of, ground),
        compute=ground.compute,
        **_options(ground, query.unit),
    )
    return StickinessRun(ground=ground, stickiness=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class StickinessRun:
    """A histogram of activity that was walked."""

    ground: Ground
    stickiness: Stickiness

    def result(self, least: int) -> answers.StickinessResult:
        """Return the bars."""
        bars = self.stickiness.bars
        counts: dict[Key, int] = {bar.intervals: bar.people for bar in bars}
        counts["all"] = self.stickiness.people_active
        told = shown(counts, [("all", [bar.intervals for bar in bars])], least=least)
        return answers.StickinessResult(
            of_intervals=self.stickiness.of_intervals,
            bars=tuple(
                answers.StickinessBar(
                    intervals=bar.intervals,
                    people=told.figure(bar.intervals, "all", cell=self.ground.cell(bar.intervals)),
                )
                for bar in bars
            ),
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of a bar."""
        match keys:
            case (int(intervals),):
                return self.stickiness.crowd(intervals)
            case _:
                raise no_cell()


def label_of(start_us: int, label: str, unit: Unit, ground: Ground) -> str:
    """Return what an interval is called: a day in the calendar of the place, or its month."""
    if unit in {Unit.MONTH, Unit.JALALI_MONTH}:
        return label
    moment = _EPOCH + timedelta(microseconds=start_us)
    day = moment.astimezone(ZoneInfo(ground.place.zone)).date()
    return format_date(day, ground.place.calendar)


def _activity(of: Happening | None, ground: Ground) -> What | None:
    return None if of is None else ground.what(of, "query.of")


def _options(ground: Ground, unit: str) -> CalendarOptions:
    place = ground.place
    return {"unit": unit, "zone": place.zone, "week_start": place.week_start.value}


def _lately(ground: Ground, unit: str, intervals: int) -> Filters:
    """Return the filters; without a beginning they begin so many intervals before the end."""
    if ground.filters.from_us is not None:
        return ground.filters
    _, last = span_of(ground.sequences, ground.filters)
    last = min(last, ground.as_of_us)
    face = Clockface(unit=Unit(unit), zone=ground.place.zone, week_start=ground.place.week_start)
    edges = intervals_between(face, last, last, before=intervals - 1).edges
    return replace(ground.filters, from_us=int(edges[0]), to_us=min(int(edges[-1]), last + 1))
