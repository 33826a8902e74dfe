"""SQL of the worker: reader positions and heartbeat."""

from __future__ import annotations

from hamsafar.storage.types import Statement

POSITION = Statement(
    "worker.position",
    "SELECT seq FROM position WHERE reader = :reader AND lane = :lane AND part = :part",
)
SET_POSITION = Statement(
    "worker.set_position",
    """INSERT INTO position (reader, lane, part, seq, updated_at)
    VALUES (:reader, :lane, :part, :seq, :at)
    ON CONFLICT (reader, lane, part) DO UPDATE SET seq = :seq, updated_at = :at""",
)
HEARTBEAT = Statement(
    "worker.heartbeat",
    """INSERT INTO heartbeat (process, at, detail) VALUES (:process, :at, :detail)
    ON CONFLICT (process) DO UPDATE SET at = :at, detail = :detail""",
)
