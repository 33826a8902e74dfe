"""What became of every event: the conservation sheet, by source, lane and minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from hamsafar.collect.store import COUNT_TALLY, COUNT_TOTAL
from hamsafar.collect.types import Batch
from hamsafar.storage.ports import Tx

MINUTE_US = 60_000_000


class Outcome(StrEnum):
    """How an event ended. `received` is the sum of these and the lag."""

    STORED = "stored"
    DUPLICATE = "duplicates"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class _Counted(Protocol):
    @property
    def source_id(self) -> int: ...
    @property
    def received_at(self) -> int: ...


def outcomes(batch: Batch) -> dict[Outcome, Iterable[_Counted]]:
    """Return the events of a batch by how they ended."""
    return {
        Outcome.STORED: batch.events,
        Outcome.DUPLICATE: batch.duplicates,
        Outcome.QUARANTINED: batch.quarantined,
        Outcome.REJECTED: batch.rejected,
    }


def count(batch: Batch, tx: Tx, *, sign: int = 1) -> None:
    """Add (or with sign -1 take back) a batch to the counts, in the batch's own transaction."""
    minutes: Counter[tuple[int, int, str]] = Counter()
    totals: Counter[tuple[int, str]] = Counter()
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for outcome, events in outcomes(batch).items():
        for event in events:
            source, at = event.source_id, event.received_at
            minutes[at // MINUTE_US, source, outcome.value] += sign
            totals[source, outcome.value] += sign
            first[source] = min(first.get(source, at), at)
            last[source] = max(last.get(source, at), at)
    lane = batch.lane.value
    tx.run_many(
        COUNT_TALLY,
        [
            {"minute": m, "source_id": s, "lane": lane, "outcome": o, "count": n}
            for (m, s, o), n in minutes.items()
        ],
    )
    tx.run_many(
        COUNT_TOTAL,
        [
            {
                "source_id": s,
                "lane": lane,
                "outcome": o,
                "count": n,
                "first_at": first[s],
                "last_at": last[s],
            }
            for (s, o), n in totals.items()
        ],
    )
