"""${message}."""

from __future__ import annotations

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Go from the release before to this one."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse: data folders only go forward; restore a backup instead."""
    message = f"{revision} cannot be taken back; restore a backup"
    raise RuntimeError(message)
