"""SQL of the time ledger."""

from __future__ import annotations

from hamsafar.storage.types import Statement

HOURS = Statement("ledger.hours", "SELECT body FROM working_hours ORDER BY id")
CLEAR_HOURS = Statement("ledger.clear_hours", "DELETE FROM working_hours")
ADD_HOURS = Statement(
    "ledger.add_hours",
    "INSERT INTO working_hours (id, body, set_at, set_by) VALUES (:id, :body, :now, :by)",
)
