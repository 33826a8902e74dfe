"""Names of the numbers of a conformance answer; each opens to its people.

`missing:pay` is a deviation, `wrong_channel:pay:call` one with a channel, `reached:pay` whoever came
to a touchpoint, `waiting:pay` who still waits there, `stage:find` who came to a stage, `everyone`,
`fitting`, `goal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hamsafar.kernel.errors import BadInput
from hamsafar.maps.deviations import NOWHERE, Key
from hamsafar.maps.types import DeviationKind, JourneyMap
from hamsafar.maps.walk import touchpoints_of


class Whole(StrEnum):
    """Numbers of the whole map."""

    EVERYONE = "everyone"
    FITTING = "fitting"
    GOAL = "goal"


class PlaceKind(StrEnum):
    """Numbers of one place in the map."""

    REACHED = "reached"
    WAITING = "waiting"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Place:
    """A number of one touchpoint or stage, by its place in the map."""

    kind: PlaceKind
    number: int


MapCell = Key | Place | Whole
"""A number of a conformance answer."""


def name_of(key: Key, journey: JourneyMap, channels: tuple[str, ...]) -> str:
    """Return the name of a deviation."""
    touch = "" if key.touch == NOWHERE else touchpoints_of(journey)[key.touch].id
    name = f"{key.kind}:{touch}"
    if key.kind is not DeviationKind.WRONG_CHANNEL:
        return name
    channel = channels[key.channel] if 0 <= key.channel < len(channels) else ""
    return f"{name}:{channel}"


def cell_of(name: str, journey: JourneyMap, channels: tuple[str, ...]) -> MapCell:
    """Return the number a name tells.

    Raises:
        BadInput: it tells none of this map.
    """
    kind, _, rest = name.partition(":")
    if kind in tuple(Whole) and not rest:
        return Whole(kind)
    if kind in tuple(PlaceKind):
        ids = [stage.id for stage in journey.stages]
        if kind != PlaceKind.STAGE:
            ids = [one.id for one in touchpoints_of(journey)]
        if rest in ids:
            return Place(PlaceKind(kind), ids.index(rest))
    if kind in tuple(DeviationKind):
        found = _deviation(DeviationKind(kind), rest, journey, channels)
        if found is not None:
            return found
    message = f"{name!r} names no number of this map; take `key` of a deviation, or reached:ID"
    raise BadInput(message, where="deviation")


def _deviation(
    kind: DeviationKind, rest: str, journey: JourneyMap, channels: tuple[str, ...]
) -> Key | None:
    touch, _, channel = rest.partition(":")
    ids = [one.id for one in touchpoints_of(journey)]
    if kind is DeviationKind.WRONG_CHANNEL:
        place = channels.index(channel) if channel in channels else len(channels)
        return Key(kind, ids.index(touch), place) if touch in ids else None
    if kind is DeviationKind.STOPPED and not rest:
        return Key(kind, NOWHERE)
    return Key(kind, ids.index(touch)) if touch in ids and not channel else None
