"""SQL of saved groups."""

from __future__ import annotations

from hamsafar.storage.types import Statement

GROUPS = Statement(
    "journeys.groups",
    "SELECT id, name, condition, created_at, created_by, updated_at FROM saved_group"
    " ORDER BY name, id",
)
GROUP = Statement(
    "journeys.group",
    "SELECT id, name, condition, created_at, created_by, updated_at FROM saved_group"
    " WHERE id = :id",
)
NAMED = Statement("journeys.group_named", "SELECT id FROM saved_group WHERE name = :name")
ADD_GROUP = Statement(
    "journeys.add_group",
    "INSERT INTO saved_group (id, name, condition, created_at, created_by, updated_at)"
    " VALUES (:id, :name, :condition, :now, :by, :now)",
)
SET_GROUP = Statement(
    "journeys.set_group",
    "UPDATE saved_group SET name = :name, condition = :condition, updated_at = :now WHERE id = :id",
)
DROP_GROUP = Statement("journeys.drop_group", "DELETE FROM saved_group WHERE id = :id")
