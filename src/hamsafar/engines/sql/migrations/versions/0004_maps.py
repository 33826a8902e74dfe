"""Maps: designed journeys, their versions, allowed deviations, drift; working hours."""

from __future__ import annotations

from hamsafar.engines.sql.migrations.words import create

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE journey_map (
    id {text} PRIMARY KEY, published BIGINT NOT NULL, created_at BIGINT NOT NULL,
    created_by {text} NOT NULL, archived_at BIGINT);
CREATE TABLE journey_map_version (
    map_id {text} NOT NULL, version BIGINT NOT NULL, body {text} NOT NULL, note {text} NOT NULL,
    made_at BIGINT NOT NULL, made_by {text} NOT NULL, PRIMARY KEY (map_id, version));
CREATE TABLE map_allowance (
    id {text} PRIMARY KEY, map_id {text} NOT NULL, deviation {text} NOT NULL, reason {text} NOT NULL,
    owner {text} NOT NULL, expires_at BIGINT, made_at BIGINT NOT NULL, made_by {text} NOT NULL);
CREATE INDEX map_allowance_map ON map_allowance (map_id);
CREATE TABLE map_drift (
    map_id {text} NOT NULL, day BIGINT NOT NULL, version BIGINT NOT NULL, attempts BIGINT NOT NULL,
    fitness_ppm BIGINT NOT NULL, squares_ppm BIGINT NOT NULL, fitting BIGINT NOT NULL,
    checked_at BIGINT NOT NULL, PRIMARY KEY (map_id, day));
CREATE TABLE working_hours (
    id {text} PRIMARY KEY, body {text} NOT NULL, set_at BIGINT NOT NULL, set_by {text} NOT NULL)
"""


def upgrade() -> None:
    """Create the tables."""
    create(TABLES)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    message = "0004 cannot be undone; restore a backup made before it"
    raise RuntimeError(message)
