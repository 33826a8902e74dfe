"""SQL of collection: names, channels, quarantine, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from typing import Protocol

from hamsafar.collect.types import MINUTE_US, Batch, Outcome
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import Column, Kind, Lookup, Remove, Statement, Upsert

NAMES = Statement("collect.names", "SELECT code, name, source_id FROM name")
CHANNELS = Statement("collect.channels", "SELECT code, name FROM channel")
ADD_NAMES = Upsert(
    "name",
    (Column("code", Kind.INT), Column("name", Kind.TEXT), Column("source_id", Kind.INT)),
    key=("code",),
)
ADD_CHANNELS = Upsert(
    "channel", (Column("code", Kind.INT), Column("name", Kind.TEXT)), key=("code",)
)
ADD_QUARANTINE = Upsert(
    "quarantine",
    (
        Column("seq", Kind.INT),
        Column("source_id", Kind.INT),
        Column("lane", Kind.TEXT),
        Column("reason", Kind.TEXT),
        Column("detail", Kind.TEXT),
        Column("field", Kind.TEXT),
        Column("message_id", Kind.TEXT),
        Column("received_at", Kind.INT),
        Column("tries", Kind.INT),
        Column("state", Kind.TEXT),
        Column("changed_at", Kind.INT),
        Column("envelope", Kind.BYTES),
    ),
    key=("seq",),
    update=("reason", "detail", "field", "tries", "state", "changed_at", "envelope"),
)
HELD = Lookup(
    "quarantine",
    ("id", "seq", "source_id", "lane", "received_at", "tries", "envelope", "state"),
    Column("id", Kind.INT),
)
OPEN_IDS = Statement(
    "collect.open_ids",
    """SELECT id FROM quarantine WHERE state = 'open' AND (:reason = '' OR reason = :reason)
    ORDER BY id""",
)
SET_STATE = Statement(
    "collect.set_quarantine_state",
    "UPDATE quarantine SET state = :state, changed_at = :at WHERE id = :id",
)
ALL_ENVELOPES = Statement(
    "collect.all_envelopes",
    "SELECT id, envelope FROM quarantine WHERE id > :after ORDER BY id LIMIT :limit",
)
DROP_ROWS = Remove("quarantine", Column("id", Kind.INT))
EXPIRE_ROWS = Statement(
    "collect.expire_quarantine",
    "DELETE FROM quarantine WHERE source_id = :source_id AND received_at < :before",
)
PAGE = Statement(
    "collect.quarantine_page",
    """SELECT id, reason, detail, field, source_id, message_id, received_at, tries, state, envelope
    FROM quarantine WHERE state = :state AND (:reason = '' OR reason = :reason)
    AND (:source_id = 0 OR source_id = :source_id) AND id < :before
    ORDER BY id DESC LIMIT :limit""",
)
REASONS = Statement(
    "collect.quarantine_reasons",
    """SELECT reason, count(*) FROM quarantine WHERE state = :state GROUP BY reason
    ORDER BY count(*) DESC, reason""",
)
TOTALS = Statement(
    "collect.totals",
    """SELECT source_id, lane, outcome, count, first_at, last_at FROM total
    ORDER BY source_id, lane, outcome""",
)
MINUTES = Statement(
    "collect.minutes",
    """SELECT minute, outcome, sum(count) FROM tally WHERE minute >= :since
    GROUP BY minute, outcome ORDER BY minute""",
)
MINUTES_BY_SOURCE = Statement(
    "collect.minutes_by_source",
    """SELECT source_id, sum(count) FROM tally WHERE minute >= :since AND outcome = 'stored'
    GROUP BY source_id""",
)
COUNT_TALLY = Statement(
    "collect.count_tally",
    """INSERT INTO tally (minute, source_id, lane, outcome, count)
    VALUES (:minute, :source_id, :lane, :outcome, :count)
    ON CONFLICT (minute, source_id, lane, outcome) DO UPDATE SET count = tally.count + :count""",
)
COUNT_TOTAL = Statement(
    "collect.count_total",
    """INSERT INTO total (source_id, lane, outcome, count, first_at, last_at)
    VALUES (:source_id, :lane, :outcome, :count, :first_at, :last_at)
    ON CONFLICT (source_id, lane, outcome) DO UPDATE SET count = total.count + :count,
        first_at = CASE WHEN :first_at < total.first_at THEN :first_at ELSE total.first_at END,
        last_at = CASE WHEN :last_at > total.last_at THEN :last_at ELSE total.last_at END""",
)
FORGET_TALLIES = Statement("collect.forget_tallies", "DELETE FROM tally WHERE minute < :before")


_SOURCE_AND_TIME = attrgetter("source_id", "received_at")


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
        # Events of one request share source and time, so few pairs are left to look at.
        for (source, at), number in Counter(map(_SOURCE_AND_TIME, events)).items():
            minutes[at // MINUTE_US, source, outcome.value] += sign * number
            totals[source, outcome.value] += sign * number
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
