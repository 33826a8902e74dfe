"""Friction: what detectors found, and what people said about problems."""

from __future__ import annotations

from hamsafar.engines.sql.migrations.words import create

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE finding (
    id {text} PRIMARY KEY, detector {text} NOT NULL, place {text} NOT NULL, cause {text} NOT NULL,
    channel {text} NOT NULL, person BIGINT NOT NULL, matter {text} NOT NULL,
    first_at BIGINT NOT NULL, last_at BIGINT NOT NULL, lost_us BIGINT NOT NULL,
    anchor BIGINT NOT NULL, evidence {bytes} NOT NULL, found_at BIGINT NOT NULL,
    withdrawn_at BIGINT);
CREATE INDEX finding_person ON finding (person);
CREATE INDEX finding_first ON finding (detector, first_at);
CREATE INDEX finding_withdrawn ON finding (withdrawn_at);
CREATE TABLE problem (
    key {text} PRIMARY KEY, owner {text} NOT NULL, state {text} NOT NULL, reason {text} NOT NULL,
    until_at BIGINT, changed_at BIGINT NOT NULL, changed_by {text} NOT NULL);
CREATE TABLE detector_setting (
    detector {text} PRIMARY KEY, parameters {text} NOT NULL, enabled BIGINT NOT NULL,
    changed_at BIGINT NOT NULL, changed_by {text} NOT NULL);
CREATE TABLE detection_state (
    name {text} PRIMARY KEY, value BIGINT NOT NULL)
"""


def upgrade() -> None:
    """Create the tables."""
    create(TABLES)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    message = "0003 cannot be undone; restore a backup made before it"
    raise RuntimeError(message)
