"""SQL of maps."""

from __future__ import annotations

from hamsafar.storage.types import Statement

_COLUMNS = (
    "m.id, m.published, m.created_at, m.archived_at, v.version, v.body, v.note, v.made_at,"
    " v.made_by, (SELECT max(version) FROM journey_map_version n WHERE n.map_id = m.id)"
)
_FROM = (
    "FROM journey_map m JOIN journey_map_version v ON v.map_id = m.id"
    " WHERE m.archived_at IS NULL AND v.version = "
)
_NEWEST = "(SELECT max(version) FROM journey_map_version n WHERE n.map_id = m.id)"


def _select(name: str, columns: str, rest: str) -> Statement:
    return Statement(name, f"SELECT {columns} {rest}")


MAPS = _select("maps.maps", _COLUMNS, _FROM + _NEWEST + " ORDER BY m.created_at, m.id")
MAP = _select("maps.map", _COLUMNS, _FROM + _NEWEST + " AND m.id = :id")
VERSION = _select("maps.version", _COLUMNS, _FROM + ":version AND m.id = :id")
VERSIONS = Statement(
    "maps.versions",
    "SELECT version, note, made_at, made_by FROM journey_map_version WHERE map_id = :id"
    " ORDER BY version DESC",
)
ANY_MAP = Statement("maps.any_map", "SELECT id FROM journey_map WHERE id = :id")
ADD_MAP = Statement(
    "maps.add_map",
    "INSERT INTO journey_map (id, published, created_at, created_by) VALUES (:id, 0, :now, :by)",
)
REVIVE = Statement(
    "maps.revive", "UPDATE journey_map SET archived_at = NULL, published = 0 WHERE id = :id"
)
ADD_VERSION = Statement(
    "maps.add_version",
    "INSERT INTO journey_map_version (map_id, version, body, note, made_at, made_by)"
    " VALUES (:id, :version, :body, :note, :now, :by)",
)
LAST_VERSION = Statement(
    "maps.last_version",
    "SELECT coalesce(max(version), 0) FROM journey_map_version WHERE map_id = :id",
)
PUBLISH = Statement("maps.publish", "UPDATE journey_map SET published = :version WHERE id = :id")
ARCHIVE = Statement("maps.archive", "UPDATE journey_map SET archived_at = :now WHERE id = :id")

_ALLOWANCE = "id, map_id, deviation, reason, owner, expires_at, made_at, made_by"

ALLOWANCES = _select(
    "maps.allowances", _ALLOWANCE, "FROM map_allowance WHERE map_id = :id ORDER BY made_at, id"
)
ADD_ALLOWANCE = Statement(
    "maps.add_allowance",
    "INSERT INTO map_allowance"
    " (id, map_id, deviation, reason, owner, expires_at, made_at, made_by) VALUES"
    " (:id, :map_id, :deviation, :reason, :owner, :expires_at, :now, :by)",
)
SET_ALLOWANCE = Statement(
    "maps.set_allowance",
    "UPDATE map_allowance SET reason = :reason, owner = :owner, expires_at = :expires_at"
    " WHERE id = :id AND map_id = :map_id",
)
DROP_ALLOWANCE = Statement(
    "maps.drop_allowance", "DELETE FROM map_allowance WHERE id = :id AND map_id = :map_id"
)
DAYS = Statement(
    "maps.days",
    "SELECT day, version, attempts, fitness_ppm, squares_ppm, fitting FROM map_drift"
    " WHERE map_id = :id AND day >= :since ORDER BY day",
)
DROP_DAYS = Statement("maps.drop_days", "DELETE FROM map_drift WHERE map_id = :id")
ADD_DAY = Statement(
    "maps.add_day",
    "INSERT INTO map_drift (map_id, day, version, attempts, fitness_ppm, squares_ppm, fitting,"
    " checked_at) VALUES (:id, :day, :version, :attempts, :fitness_ppm, :squares_ppm, :fitting, :now)",
)
