"""From what was found about impact to what the API tells: figures with cells, few people hidden."""

from __future__ import annotations

import math
from typing import Literal

from hamsafar.api.models.impact import (
    AttributionResult,
    CreditTold,
    DriversResult,
    DriverTold,
    ModelTold,
    TaintPointTold,
    TaintResult,
    TouchTold,
)
from hamsafar.impact import (
    EVERYBODY,
    Attribution,
    Credit,
    Driver,
    Drivers,
    Model,
    Rates,
    Taint,
    TaintPoint,
)
from hamsafar.journeys.figures import Figure, figure, hidden, is_small
from hamsafar.kernel.paging import encode_cursor

Direction = Literal["worse", "better", "unsure"]


def drivers_told(found: Drivers, *, limit: int, least: int) -> DriversResult:
    """Return what the API tells of drivers.

    Args:
        found: what was found.
        limit: rows told.
        least: numbers of fewer people are hidden.
    """
    is_rating = isinstance(found.outcome, Rates)
    reached = found.reached.count or 0
    return DriversResult(
        attempts=_counted(found.attempts, None, EVERYBODY, "exposed", least),
        people=_shown(found.people, least),
        reached=_counted(reached, found.attempts, EVERYBODY, "reached", least),
        mean=found.mean if not is_small(found.people, least) else None,
        is_good=found.outcome.is_good,
        open=_shown(found.open, least),
        unrated=found.unrated,
        tested=found.tested,
        untested=found.untested,
        is_skewed=found.is_skewed,
        span_days=found.span_s / 86_400,
        level=found.level,
        observational=True,
        rows=tuple(
            _driver(row, found, is_rating=is_rating, least=least) for row in found.rows[:limit]
        ),
    )


def attribution_told(found: Attribution, *, least: int) -> AttributionResult:
    """Return what the API tells of attribution; arguments as of `drivers_told`."""
    paths = found.paths
    touches = sorted(
        ((touch, _people_of(found, touch)) for touch in paths.touches),
        key=lambda one: (-one[1][0], one[0]),
    )
    few = {touch for touch, (won, _) in touches if is_small(won, least)}
    order = [touch for touch, _ in touches]
    return AttributionResult(
        conversions=_figure(round(found.conversions), None, ("converted",), least),
        untouched=_figure(
            round(found.untouched), round(found.conversions), ("converted", ""), least
        ),
        nulls=_figure(round(found.nulls), None, ("null",), least),
        open=_shown(found.open, least),
        value=found.value,
        self_loops=found.self_loops,
        loops=found.loops,
        is_collapsed=found.is_collapsed,
        replicates=found.replicates,
        touches=tuple(
            TouchTold(
                touch=touch,
                converted=_figure(won, round(found.conversions), ("converted", touch), least),
                null=_figure(lost, round(found.nulls), ("null", touch), least),
            )
            for touch, (won, lost) in touches
        ),
        models=tuple(_model(model, order, few) for model in found.models),
    )


def taint_told(found: Taint, *, least: int) -> TaintResult:
    """Return what the API tells of taint; arguments as of `drivers_told`."""
    return TaintResult(
        is_rating=found.is_rating,
        people=_shown(found.people, least),
        alike=_shown(found.alike, least),
        unmatched=_shown(found.unmatched, least),
        level=found.level,
        observational=True,
        points=tuple(
            _taint_point(place, point, is_rating=found.is_rating, least=least)
            for place, point in enumerate(found.points)
        ),
    )


def _taint_point(place: int, point: TaintPoint, *, is_rating: bool, least: int) -> TaintPointTold:
    groups = []
    for who, people, values in (
        ("affected", point.people, point.values[0]),
        ("alike", point.alike, point.values[1]),
    ):
        if is_rating:
            groups.append(_figure(people, None, (place, who, "all"), least))
        else:
            groups.append(_figure(int((values > 0).sum()), people, (place, who, "yes"), least))
    is_hidden = any(group.suppressed for group in groups)

    def told(value: float) -> float | None:
        return None if is_hidden or not math.isfinite(value) else value

    return TaintPointTold(
        side=point.side.value,
        from_s=point.from_s,
        to_s=point.to_s,
        affected=groups[0],
        alike=groups[1],
        value=told(point.value),
        expected=told(point.expected),
        difference=told(point.difference),
        low=told(point.low),
        high=told(point.high),
        p=told(point.p),
        q=told(point.q),
        is_significant=point.is_significant and not is_hidden,
    )


def _driver(row: Driver, found: Drivers, *, is_rating: bool, least: int) -> DriverTold:
    reached = _counted(row.reached, row.attempts, row.key, "reached", least)
    is_hidden = reached.suppressed

    def told(value: float | None) -> float | None:
        return None if is_hidden or value is None or not math.isfinite(value) else value

    return DriverTold(
        key=row.key,
        source=row.source.value,
        name=row.name,
        value=row.value if isinstance(row.value, str | float | bool | None) else str(row.value),
        nature=row.nature.value,
        direction=_direction(row, found),
        exposed=_counted(row.attempts, None, row.key, "exposed", least),
        people=row.people,
        reached=reached,
        mean=told(row.share) if is_rating else None,
        expected=told(row.expected),
        compared=row.compared,
        unmatched=row.unmatched,
        odds_ratio=told(row.odds_ratio),
        low=told(row.low),
        high=told(row.high),
        p=told(row.p),
        q=told(row.q),
        is_exact=row.is_exact,
        is_corrected=row.is_corrected,
        design_effect=row.design_effect,
        effect=told(row.effect),
        effect_low=told(row.effect_low),
        effect_high=told(row.effect_high),
        per_month=told(row.per_month),
        per_month_low=told(row.per_month_low),
        per_month_high=told(row.per_month_high),
    )


def _direction(row: Driver, found: Drivers) -> Direction:
    if not row.is_significant:
        return "unsure"
    return "better" if (row.effect > 0) == found.outcome.is_good else "worse"


def _model(model: Model, order: list[str], few: set[str]) -> ModelTold:
    return ModelTold(
        model=model.name,  # type: ignore[arg-type]  # one of `MODELS`
        order=model.order,
        rows=tuple(_credit(model.of(touch), is_hidden=touch in few) for touch in order),
    )


def _credit(row: Credit, *, is_hidden: bool) -> CreditTold:
    def told(value: float | None) -> float | None:
        return None if is_hidden else value

    return CreditTold(
        touch=row.touch,
        conversions=told(row.conversions),
        low=told(row.low),
        high=told(row.high),
        share=told(row.share),
        value=told(row.value),
        value_low=told(row.value_low),
        value_high=told(row.value_high),
        removal_effect=told(row.removal_effect),
    )


def _people_of(found: Attribution, touch: str) -> tuple[int, int]:
    return (
        found.crowd(touch, "converted").page(0, 0).count,
        found.crowd(touch, "null").page(0, 0).count,
    )


def _counted(count: int, of: int | None, key: str, side: str, least: int) -> Figure:
    return _figure(count, of, (key, side), least)


def _figure(count: int, of: int | None, cell: tuple[str | int, ...], least: int) -> Figure:
    if of is None and is_small(count, least):
        return hidden()
    return figure(count, of, cell=encode_cursor(cell) if count else None, least=least)


def _shown(count: int, least: int) -> int | None:
    return None if is_small(count, least) else count
