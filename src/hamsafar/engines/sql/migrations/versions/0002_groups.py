"""Journeys: saved groups of people, and what event names mean."""

from __future__ import annotations

from hamsafar.engines.sql.migrations.words import create

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE saved_group (
    id {text} PRIMARY KEY, name {text} NOT NULL UNIQUE, condition {text} NOT NULL,
    created_at BIGINT NOT NULL, created_by {text} NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE event_role (
    name {text} PRIMARY KEY, roles {text} NOT NULL, set_at BIGINT NOT NULL, set_by {text} NOT NULL)
"""


def upgrade() -> None:
    """Create the tables."""
    create(TABLES)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    message = "0002 cannot be undone; restore a backup made before it"
    raise RuntimeError(message)
