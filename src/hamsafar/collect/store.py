"""SQL of collection: names, channels, quarantine, counts."""

from __future__ import annotations

from hamsafar.storage.types import Column, Kind, Lookup, Statement, Upsert

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
QUARANTINED = Lookup(
    "quarantine",
    ("id", "seq", "lane", "tries", "envelope", "state"),
    Column("id", Kind.INT),
)
QUARANTINED_BY_REASON = Statement(
    "collect.quarantined_by_reason",
    "SELECT id FROM quarantine WHERE reason = :reason AND state = 'open' ORDER BY id",
)
SET_QUARANTINE = Statement(
    "collect.set_quarantine",
    "UPDATE quarantine SET state = :state, tries = tries + 1, changed_at = :at WHERE id = :id",
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
