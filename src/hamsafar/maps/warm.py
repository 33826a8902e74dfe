"""Compile (or load from the cache) the kernels of maps before the first question, never during one."""

from __future__ import annotations

import numpy as np

from hamsafar.journeys import Filters, Sequences, Threads
from hamsafar.maps.conformance import Picture
from hamsafar.maps.draft import DraftWish, draft
from hamsafar.maps.types import AnyOrder, JourneyMap, Stage, Touchpoint, Words


def warm() -> None:
    """Lay a small map over a small history, and draft one."""
    names = ["warm a", "warm b", "warm c"]
    a, b, c = (Touchpoint(id=name[-1], events=(name,)) for name in names)
    journey = JourneyMap(
        id="warm",
        name=Words(en="warm"),
        goal=("c",),
        stages=(Stage(id="s", of=(AnyOrder(of=(a, b)), c)),),
    )
    sequences = Sequences.from_arrays(
        person=np.array([0, 0, 0, 1]),
        time_us=np.array([0, 1, 2, 0]),
        code=np.array([1, 0, 2, 2]),
        names=names,
    )
    one = Threads(1)
    for filters in (Filters(), Filters(from_us=0)):
        Picture.of(journey, sequences, filters, compute=one).conformance()
    draft(sequences, DraftWish(goal=("warm c",), id="warm", name=Words(en="warm")), compute=one)
