"""Walking through a map: its touchpoints, its blocks with their places, what stands in what."""

from __future__ import annotations

from collections.abc import Iterator

from hamsafar.maps.types import Block, JourneyMap, Stage, Touchpoint


def children_of(block: Block) -> tuple[Block, ...]:
    """Return the blocks right inside a block; none in a touchpoint."""
    return () if isinstance(block, Touchpoint) else block.of


def blocks_of(journey: JourneyMap) -> Iterator[tuple[str, Stage, Block]]:
    """Yield every block with its place (`stages[0].of[1]`) and its stage, outer before inner."""
    for number, stage in enumerate(journey.stages):
        for at, block in enumerate(stage.of):
            for place, inner in within(block, f"stages[{number}].of[{at}]"):
                yield place, stage, inner


def within(block: Block, place: str) -> Iterator[tuple[str, Block]]:
    """Yield a block and every block in it, with their places."""
    yield place, block
    for at, child in enumerate(children_of(block)):
        yield from within(child, f"{place}.of[{at}]")


def touchpoints_of(journey: JourneyMap) -> tuple[Touchpoint, ...]:
    """Return the touchpoints in the order of the map; their place in it is their number."""
    return tuple(block for _, _, block in blocks_of(journey) if isinstance(block, Touchpoint))


def touchpoints_in(block: Block) -> tuple[Touchpoint, ...]:
    """Return the touchpoints of a block."""
    return tuple(inner for _, inner in within(block, "") if isinstance(inner, Touchpoint))


def stage_of(journey: JourneyMap) -> tuple[int, ...]:
    """Return for each touchpoint the number of its stage."""
    places = {stage.id: number for number, stage in enumerate(journey.stages)}
    return tuple(
        places[stage.id] for _, stage, block in blocks_of(journey) if isinstance(block, Touchpoint)
    )
