"""Who looks at whom: every read of a person is in the audit before its answer leaves."""

from __future__ import annotations

from hamsafar.access.types import AuditEntry, Caller
from hamsafar.api.services import Services

_MAX_LISTED = 200


def looked_at(services: Services, caller: Caller, person: int, action: str) -> None:
    """Keep that a caller looks at a person; if that cannot be kept, the read fails."""
    entry = AuditEntry(action=action, subject_kind="person", subject=str(person))
    services.access.audit.looked(caller, entry)


def listed(services: Services, caller: Caller, persons: list[int], action: str) -> None:
    """Keep that a caller saw people in a list: one row names them all."""
    if persons:
        numbers = " ".join(map(str, persons[:_MAX_LISTED]))
        entry = AuditEntry(action=action, subject_kind="people", subject="", detail=numbers)
        services.access.audit.looked(caller, entry)
