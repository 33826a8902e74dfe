"""A town of invented customers: a seeded stream of events with its truth written beside it.

Answers: what would a real touchpoint send us, and what should we find in it? Goes in: `Settings`
(blueprint, people, days, seed). Comes out: Segment-shaped JSON lines in the order they reach the
server (`stream`, `Simulation.batches`) and a `Truth` with exact counts, who is who, and the
friction that was planted. Same settings, same bytes. Stands on nothing but `kernel` and `lang`.

>>> lines = [line for batch in stream(Settings(people=20, days=3, seed=7)) for line in batch]
>>> lines == [line for batch in stream(Settings(people=20, days=3, seed=7)) for line in batch]
True
"""

from hamsafar.simulate.blueprint import Blueprint, blueprints, load
from hamsafar.simulate.settings import Settings
from hamsafar.simulate.simulation import Simulation, stream, write
from hamsafar.simulate.truth import Counts, Friction, Truth

__all__ = [
    "Blueprint",
    "Counts",
    "Friction",
    "Settings",
    "Simulation",
    "Truth",
    "blueprints",
    "load",
    "stream",
    "write",
]
