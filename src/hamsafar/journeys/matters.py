"""Matters: which events of a person are about the same thing, so that contacts can be counted.

An event names its matter by up to four keys, the most exact first: a case, an order, a product, a
topic. It joins the newest open matter that agrees with it on the most exact key *both* have, and
lends it the keys it lacked; a matter is open for `within` after its last event. So a help page
about payment and the call that follows with a case number are one matter, two cases are two.

A person's matters are looked up among the `OPEN_MATTERS` newest. The result is a pure function of
the person's own events, so it is the same for history and stream.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from hamsafar.journeys.kernels import matter_kernels
from hamsafar.journeys.sequences import Sequences, events_of
from hamsafar.journeys.shards import frozen
from hamsafar.storage.types import I64

OPEN_MATTERS = 64
"""So many of a person's newest matters an event may join."""
MATTER_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterKeys:
    """Which properties name a matter; of each kind the first that an event has counts.

    Attributes:
        case: of a case, ticket or conversation; the most exact.
        order: of an order, booking or reservation.
        product: of a product.
        topic: what it is about; the least exact.
    """

    case: tuple[str, ...] = ("case_id", "ticket_id", "conversation_id")
    order: tuple[str, ...] = ("order_id", "booking_id")
    product: tuple[str, ...] = ("product_id", "sku")
    topic: tuple[str, ...] = ("topic", "subject", "reason")

    @property
    def by_rank(self) -> tuple[tuple[str, ...], ...]:
        """Return the properties of each kind, the most exact kind first."""
        return self.case, self.order, self.product, self.topic

    @property
    def paths(self) -> tuple[str, ...]:
        """Return all properties."""
        return tuple(path for paths in self.by_rank for path in paths)


DEFAULT_KEYS = MatterKeys()


def matter_of(
    sequences: Sequences,
    *,
    within: timedelta = MATTER_LASTS,
    keys: MatterKeys = DEFAULT_KEYS,
) -> tuple[I64, ...]:
    """Return the matter of every event.

    Args:
        sequences: whose events; properties of `keys` that are not loaded are taken as missing.
        within: how long after its last event a matter may be joined.
        keys: which properties name a matter.

    Returns:
        For each chunk i64[n]: the row of the matter's first event in the chunk, -1 for an event
        that names none. Matters of two people are never the same.
    """
    within_us = int(within.total_seconds() * 1_000_000)
    found: list[I64] = []
    for number, chunk in enumerate(sequences.chunks):
        ranks = np.zeros((4, len(chunk.time)), np.uint32)
        for rank, paths in enumerate(keys.by_rank):
            # Codes of two properties of one kind must not meet: each gets its own range.
            base = 0
            for path in paths:
                column = sequences.properties.get(path)
                if column is None:
                    continue
                codes = column.codes[number]
                ranks[rank] = np.where(
                    (ranks[rank] == 0) & (codes > 0), codes + np.uint32(base), ranks[rank]
                )
                base += len(column.values)
        out = np.full(len(chunk.time), -1, np.int64)
        matter_kernels().join_matters(events_of(chunk), frozen(ranks), within_us, out)
        found.append(out)
    return tuple(found)
