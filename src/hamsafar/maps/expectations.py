"""What a map says beyond order: who is waited for, who answers for what; for the time ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hamsafar import expr
from hamsafar.journeys import Party
from hamsafar.maps.types import WEEK_S, JourneyMap, Touchpoint
from hamsafar.maps.walk import blocks_of, touchpoints_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """Expectations of a map by event.

    Attributes:
        events: those the map knows.
        parties: who is waited for after them, where the map says so.
        only: conditions, as JSON, on events that the map knows only under one.
        owners: who answers for them: the touchpoint's owner, else the stage's, else the map's.
        silence_s: what ends an attempt.
    """

    events: frozenset[str]
    parties: Mapping[str, Party]
    owners: Mapping[str, str]
    only: Mapping[str, str]
    silence_s: float


def expectations_of(journey: JourneyMap) -> Expectations:
    """Return what a map says of its events; of an event in several touchpoints the first counts."""
    touchpoints = touchpoints_of(journey)
    stages = [stage for _, stage, block in blocks_of(journey) if isinstance(block, Touchpoint)]
    parties: dict[str, Party] = {}
    owners: dict[str, str] = {}
    for one, stage in zip(touchpoints, stages, strict=True):
        for name in one.events:
            if one.waits_for is not None:
                parties.setdefault(name, one.waits_for)
            owners.setdefault(name, one.owner or stage.owner or journey.owner)
    return Expectations(
        events=frozenset(name for one in touchpoints for name in one.events),
        parties=parties,
        owners=owners,
        only=_only(touchpoints),
        silence_s=journey.attempts.silence_s or 52 * WEEK_S,
    )


def _only(touchpoints: Sequence[Touchpoint]) -> dict[str, str]:
    """Return what must hold of events that no touchpoint takes without a condition."""
    asked: dict[str, list[str]] = {}
    for one in touchpoints:
        for name in one.events:
            asked.setdefault(name, []).append(one.where)
    return {
        name: expr.to_json(expr.AnyOf(tuple(map(expr.parse, wheres)))).decode()
        for name, wheres in asked.items()
        if all(wheres)
    }
