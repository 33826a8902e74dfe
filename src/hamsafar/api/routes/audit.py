"""The audit: who did what, who looked at whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from hamsafar.access.types import AuditRow
from hamsafar.api.gate import AuditReader
from hamsafar.api.models.access import AuditRowShape
from hamsafar.api.models.base import Cursor, Limit, Listing
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso

router = APIRouter(tags=["audit"])


@router.get("/api/audit")
def list_audit(
    _: AuditReader,
    services: Parts,
    subject: Annotated[
        str, Query(max_length=500, description="`kind:id`, e.g. `person:1042`; empty for all")
    ] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listing[AuditRowShape]:
    """Return audit rows, newest first."""
    kind, _colon, key = subject.partition(":")
    page = services.access.audit.page(subject_kind=kind, subject=key, cursor=cursor, limit=limit)
    names = _names(services)
    return Listing(items=[_row(row, names) for row in page.items], next=page.next)


def _names(services: Services) -> dict[str, str]:
    access = services.access
    names = {f"account:{account.id}": account.name for account in access.accounts.all()}
    return names | {f"token:{token.id}": token.name for token in access.tokens.all()}


def _row(row: AuditRow, names: dict[str, str]) -> AuditRowShape:
    entry = row.entry
    return AuditRowShape(
        id=row.id,
        at=iso(row.at),
        actor=row.actor,
        actor_name=names.get(row.actor, ""),
        action=entry.action,
        subject_kind=entry.subject_kind,
        subject=entry.subject,
        purpose=entry.purpose,
        detail=entry.detail,
        hash=row.hash.hex(),
    )
