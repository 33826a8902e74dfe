"""What must hold in a query beyond the types of its fields."""

from __future__ import annotations

from collections.abc import Iterator

from hamsafar.journeys.query import (
    ByGroups,
    Exclusion,
    FunnelQuery,
    Happening,
    LifecycleQuery,
    NextQuery,
    PathsQuery,
    Query,
    RetentionQuery,
    SessionsQuery,
    Step,
    StickinessQuery,
)
from hamsafar.kernel.errors import BadInput


def check_query(query: Query, where: str) -> None:
    """Raise BadInput when a query contradicts itself; `where` stands before the field."""
    if isinstance(query.compare, ByGroups):
        for number, side in enumerate(query.compare.groups):
            if (side.id is None) == (side.people is None):
                _refuse("give either id or people", f"{where}.compare.groups[{number}]")
    if query.scope.grain == "session":
        _check_sessions(query, f"{where}.scope.grain")
    match query:
        case FunnelQuery():
            _check_funnel(query, where)
        case PathsQuery():
            _check_paths(query, where)
        case _:
            for name, happening in _happenings(query):
                _check_one(happening, f"{where}.{name}")


def _check_sessions(query: Query, where: str) -> None:
    if isinstance(query, SessionsQuery):
        _refuse("sessions are counted anyway; their pause is gap_s", where)
    if isinstance(query, PathsQuery) and query.direction == "after_dropoff":
        _refuse("people drop off, not their sessions: take the grain of persons", where)


def _happenings(query: Query) -> Iterator[tuple[str, Happening]]:
    match query:
        case RetentionQuery():
            yield from (("first", query.first), ("again", query.again))
        case NextQuery():
            yield "after", query.after
        case LifecycleQuery() | StickinessQuery():
            if query.of is not None:
                yield "of", query.of
        case _:
            return


def _check_funnel(query: FunnelQuery, where: str) -> None:
    steps = len(query.steps)
    for number, step in enumerate(query.steps):
        _check_one(step, f"{where}.steps[{number}]")
    for number, step in ((0, query.steps[0]), (steps - 1, query.steps[-1])):
        if step.optional:
            _refuse(
                "the first and the last step cannot be optional",
                f"{where}.steps[{number}].optional",
            )
    for number, excluded in enumerate(query.exclusions):
        place = f"{where}.exclusions[{number}]"
        _check_one(excluded, place)
        if not excluded.from_step < excluded.to_step < steps:
            _refuse(
                f"an exclusion needs from_step < to_step ≤ {steps - 1}, the last step's number",
                f"{place}.to_step",
            )
    if query.count_by == "sessions" and query.scope.grain == "session":
        _refuse("the scope's grain is sessions already: count people", f"{where}.count_by")
    split = query.breakdown
    if split is None:
        return
    if (split.property is not None) + (split.trait is not None) + split.channel != 1:
        _refuse("give one of property, trait or channel", f"{where}.breakdown")
    if split.step >= steps:
        _refuse(f"there is no step {split.step}", f"{where}.breakdown.step")


def _check_paths(query: PathsQuery, where: str) -> None:
    is_dropoff = query.direction == "after_dropoff"
    if is_dropoff != (query.funnel is not None):
        words = "after_dropoff needs a funnel" if is_dropoff else "only after_dropoff has a funnel"
        _refuse(words, f"{where}.funnel")
    if is_dropoff and query.start is not None:
        _refuse("after_dropoff starts at the funnel's step", f"{where}.start")
    if query.direction == "between" and query.start is None:
        _refuse("paths between need a start", f"{where}.start")
    if (query.direction == "between") != (query.end is not None):
        _refuse("`end` belongs to direction between, and it needs one", f"{where}.end")
    for name, happening in (("start", query.start), ("end", query.end)):
        if happening is not None:
            _check_one(happening, f"{where}.{name}")
    if query.funnel is not None:
        _check_funnel(query.funnel, f"{where}.funnel")
        if query.step >= len(query.funnel.steps) - 1:
            _refuse("nobody drops off after the last step", f"{where}.step")


def _check_one(asked: Happening | Step | Exclusion, where: str) -> None:
    if (asked.name is None) == (asked.condition is None):
        _refuse("give either name or condition", where)


def _refuse(words: str, where: str) -> None:
    raise BadInput(words, where=where)
