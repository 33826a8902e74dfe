"""Quarantine: look, replay with a fix, drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from pydantic import JsonValue

from hamsafar.access.types import AuditEntry, Caller, JobKind
from hamsafar.api.gate import QuarantineEditor, QuarantineReader
from hamsafar.api.models.access import JobRef
from hamsafar.api.models.base import Cursor, Limit
from hamsafar.api.models.pulse import (
    DiscardAsk,
    QuarantineItem,
    QuarantinePage,
    ReasonCount,
    ReplayAsk,
)
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso
from hamsafar.collect.types import QuarantineRow, QuarantineState, Reason
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["quarantine"])
_MAX_TEXT = 20_000
_ARGS_LISTED = 20


@router.get("/api/quarantine")
def list_quarantine(  # noqa: PLR0913 - one parameter per filter of the address
    caller: QuarantineReader,
    services: Parts,
    reason: Annotated[str, Query(max_length=100)] = "",
    state: QuarantineState = QuarantineState.OPEN,
    source: Annotated[int, Query(ge=0, le=(1 << 53) - 1)] = 0,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> QuarantinePage:
    """Return what we could not take, newest first, each with the reason in words."""
    rows = services.quarantine.page(
        state=state, reason=reason, source_id=source, before=_before(cursor), limit=limit + 1
    )
    shown = rows[:limit]
    if shown:
        services.access.audit.looked(
            caller,
            AuditEntry(action="quarantine.read", subject_kind="quarantine", subject=""),
        )
    return QuarantinePage(
        items=[_item(row) for row in shown],
        next=encode_cursor((shown[-1].id,)) if len(rows) > limit else None,
        reasons=[
            ReasonCount(reason=word, count=count)
            for word, count in services.quarantine.reasons(state).items()
        ],
    )


@router.post("/api/quarantine/replay", status_code=202)
def replay(given: ReplayAsk, caller: QuarantineEditor, services: Parts) -> JobRef:
    """Send rows (or all of a reason) down the river again, changed by a JSON merge patch."""
    if not given.ids and given.reason not in set(Reason):
        raise BadInput("give `ids`, or a `reason` all of whose rows are meant", where="ids")
    args = {"ids": given.ids, "reason": given.reason, "fix": given.fix}
    return _ask(services, caller, JobKind.REPLAY, args, given.ids or given.reason)


@router.post("/api/quarantine/discard", status_code=202)
def discard(given: DiscardAsk, caller: QuarantineEditor, services: Parts) -> JobRef:
    """Drop rows for good; they stay counted."""
    return _ask(services, caller, JobKind.DISCARD, {"ids": given.ids}, given.ids)


def _ask(
    services: Services,
    caller: Caller,
    kind: JobKind,
    args: Mapping[str, object],
    chosen: list[int] | str,
) -> JobRef:
    some = chosen if isinstance(chosen, str) else " ".join(map(str, chosen[:_ARGS_LISTED]))
    entry = AuditEntry(
        action=f"quarantine.{kind}", subject_kind="quarantine", subject="", detail=some
    )
    job = services.access.jobs.ask(caller, kind, msgspec.json.encode(args).decode(), entry)
    return JobRef(job=job.id)


def _before(cursor: str) -> int | None:
    if not cursor:
        return None
    match decode_cursor(cursor):
        case (int() as before,):
            return before
        case _:
            raise BadInput("this cursor belongs to another list", where="cursor")


def _item(row: QuarantineRow) -> QuarantineItem:
    return QuarantineItem.model_construct(
        id=row.id,
        reason=row.reason,
        detail=row.cause.sentence,
        why=row.cause.why,
        values=row.cause.values if row.cause.why else {},
        field=row.field,
        source=row.source_id,
        message_id=row.message_id,
        received_at=iso(row.received_at),
        tries=row.tries,
        state=row.state,
        event=event_of(row.event),
    )


def event_of(data: bytes) -> JsonValue:
    """Return an event as JSON if it is JSON we can show, else as the beginning of its text."""
    try:
        found: JsonValue = msgspec.json.decode(data)
        # What decodes may still not encode: a number beyond 64 bits, a lone surrogate.
        msgspec.json.encode(found)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return data[:_MAX_TEXT].decode("utf-8", "replace")
    return found
