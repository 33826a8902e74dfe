"""Compile (or load from the cache) every detector before the first question, never during one."""

from __future__ import annotations

import numpy as np

from hamsafar.friction.comparing import moments_of
from hamsafar.friction.containment import episodes_of
from hamsafar.friction.definitions import default_settings
from hamsafar.friction.detect import tracks
from hamsafar.friction.facts import facts_of
from hamsafar.journeys import Attributes, Roles, Sequences


def warm() -> None:
    """Run every detector once; takes a moment, or half a minute uncached."""
    names = ["Call Started", "Call Answered", "Payment Failed", "Page: Checkout"]
    sequences = Sequences.from_arrays(
        person=np.zeros(4, np.int64),
        time_us=np.arange(4),
        code=np.arange(4),
        names=names,
        attributes=Attributes(properties={"case_id": ["a"] * 4}),
    )
    facts = facts_of(sequences, Roles.of(names))
    tracks(facts, default_settings())
    moments_of(facts)
    episodes_of(facts, 0)
