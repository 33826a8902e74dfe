"""What changed between two versions of a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from hamsafar.maps.types import JourneyMap, Touchpoint
from hamsafar.maps.walk import blocks_of


class ChangeKind(StrEnum):
    """What became of a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapChange:
    """One difference.

    Attributes:
        part: `map`, `stage:ID` or `touchpoint:ID`.
        kind: what became of it.
        fields: which fields changed; of what moved its place before and after.
    """

    part: str
    kind: ChangeKind
    fields: tuple[str, ...] = ()


def differences(old: JourneyMap, new: JourneyMap) -> tuple[MapChange, ...]:
    """Return what changed from one version to another: the map, stages, then touchpoints.

    >>> from hamsafar.maps.types import Stage, Words
    >>> pay = Touchpoint(id="pay", events=("Paid",))
    >>> old = JourneyMap(id="m", name=Words(en="M"), stages=(Stage(id="s", of=(pay,)),))
    >>> new = msgspec.structs.replace(old, owner="Sara")
    >>> [(change.part, change.kind.value, change.fields) for change in differences(old, new)]
    [('map', 'changed', ('owner',))]
    """
    return tuple(_differences(old, new))


def _differences(old: JourneyMap, new: JourneyMap) -> Iterator[MapChange]:
    fields = _changed(old, new, but=("stages",))
    if fields:
        yield MapChange(part="map", kind=ChangeKind.CHANGED, fields=fields)
    yield from _parts(
        "stage", {one.id: one for one in old.stages}, {one.id: one for one in new.stages}
    )
    yield from _parts("touchpoint", _touchpoints(old), _touchpoints(new))
    places = _places(old), _places(new)
    for name, place in places[1].items():
        before = places[0].get(name)
        if before is not None and before != place:
            yield MapChange(
                part=f"touchpoint:{name}", kind=ChangeKind.MOVED, fields=(before, place)
            )


def _parts(
    word: str, old: dict[str, msgspec.Struct], new: dict[str, msgspec.Struct]
) -> Iterator[MapChange]:
    for name in dict.fromkeys((*old, *new)):
        part = f"{word}:{name}"
        if name not in new:
            yield MapChange(part=part, kind=ChangeKind.REMOVED)
        elif name not in old:
            yield MapChange(part=part, kind=ChangeKind.ADDED)
        elif fields := _changed(old[name], new[name], but=("of",)):
            yield MapChange(part=part, kind=ChangeKind.CHANGED, fields=fields)


def _changed(old: msgspec.Struct, new: msgspec.Struct, *, but: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        name
        for name in old.__struct_fields__
        if name not in but and getattr(old, name) != getattr(new, name)
    )


def _touchpoints(journey: JourneyMap) -> dict[str, msgspec.Struct]:
    return {b.id: b for _, _, b in blocks_of(journey) if isinstance(b, Touchpoint)}


def _places(journey: JourneyMap) -> dict[str, str]:
    return {b.id: place for place, _, b in blocks_of(journey) if isinstance(b, Touchpoint)}
