"""SQL of friction."""

from __future__ import annotations

from hamsafar.storage.types import Column, Kind, Lookup, Remove, Statement, Upsert

DETECTORS = Statement(
    "friction.detectors", "SELECT detector, parameters, enabled FROM detector_setting"
)
SET_DETECTOR = Statement(
    "friction.set_detector",
    """INSERT INTO detector_setting (detector, parameters, enabled, changed_at, changed_by)
    VALUES (:detector, :parameters, :enabled, :now, :by)
    ON CONFLICT (detector) DO UPDATE SET parameters = :parameters, enabled = :enabled,
    changed_at = :now, changed_by = :by""",
)
ROLES = Statement("friction.roles", "SELECT name, roles FROM event_role")
SET_ROLES = Statement(
    "friction.set_roles",
    """INSERT INTO event_role (name, roles, set_at, set_by) VALUES (:name, :roles, :now, :by)
    ON CONFLICT (name) DO UPDATE SET roles = :roles, set_at = :now, set_by = :by""",
)
DROP_ROLES = Statement("friction.drop_roles", "DELETE FROM event_role WHERE name = :name")
VERDICTS = Statement("friction.verdicts", "SELECT key, owner, state, reason, until_at FROM problem")
SET_VERDICT = Statement(
    "friction.set_verdict",
    """INSERT INTO problem (key, owner, state, reason, until_at, changed_at, changed_by)
    VALUES (:key, :owner, :state, :reason, :until_at, :now, :by)
    ON CONFLICT (key) DO UPDATE SET owner = :owner, state = :state, reason = :reason,
    until_at = :until_at, changed_at = :now, changed_by = :by""",
)
STATE = Statement("friction.state", "SELECT name, value FROM detection_state")
SET_STATE = Statement(
    "friction.set_state",
    """INSERT INTO detection_state (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = :value""",
)

_INT, _TEXT = Kind.INT, Kind.TEXT
COLUMNS = (
    Column("id", _TEXT),
    Column("detector", _TEXT),
    Column("place", _TEXT),
    Column("cause", _TEXT),
    Column("channel", _TEXT),
    Column("person", _INT),
    Column("matter", _TEXT),
    Column("first_at", _INT),
    Column("last_at", _INT),
    Column("lost_us", _INT),
    Column("anchor", _INT),
    Column("evidence", Kind.BYTES),
    Column("found_at", _INT),
    Column("withdrawn_at", _INT),
)
NAMES = tuple(column.name for column in COLUMNS)
PERSON = Column("person", _INT)
OF_PEOPLE = Lookup("finding", NAMES, PERSON)
BY_ID = Lookup("finding", NAMES, Column("id", _TEXT))
PUT_FINDINGS = Upsert("finding", COLUMNS, key=("id",), update=NAMES[1:])
ERASE = Remove("finding", PERSON)
HELD = Statement("friction.held", "SELECT DISTINCT person FROM finding WHERE withdrawn_at IS NULL")
FORGET = Statement(
    "friction.forget",
    "DELETE FROM finding WHERE withdrawn_at IS NOT NULL AND withdrawn_at < :before",
)
EVERY = Statement(
    "friction.every",
    """SELECT id, detector, place, cause, channel, person, matter, first_at, last_at, lost_us,
    anchor, evidence, found_at, withdrawn_at FROM finding WHERE withdrawn_at IS NULL
    ORDER BY first_at, id""",
)
