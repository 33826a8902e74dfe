"""Live: events as they arrive, as server-sent events that can be resumed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from hamsafar.access.types import AuditEntry, Permission
from hamsafar.api.gate import Needs, PulseReader
from hamsafar.api.live import Heard, LiveFeed, Wanted
from hamsafar.api.models.pulse import LiveEvent
from hamsafar.api.services import Parts
from hamsafar.kernel.errors import HamsafarError

router = APIRouter(tags=["live"])
_PAUSE_S = 0.5
_KEEP_ALIVE_S = 15.0
_ASK_AGAIN_S = 5.0
"""How often a watcher is asked again who he is: a revoked session sees nothing after that."""
_events = TypeAdapter(list[LiveEvent])


@router.get(
    "/api/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
def watch_live(  # noqa: PLR0913 - one parameter per filter of the address
    request: Request,
    caller: PulseReader,
    services: Parts,
    name: Annotated[str, Query(max_length=1_000)] = "",
    channel: Annotated[str, Query(max_length=200)] = "",
    source: Annotated[int, Query(ge=0, le=(1 << 53) - 1)] = 0,
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> StreamingResponse:
    """Watch events arrive; `Last-Event-ID` (a number of the feed) goes on where one was.

    `event: events` is a list of events in the order they were stored; `event: skipped` says how
    many (`{"count": n}`, of all kinds) came before that and were too many to be told.
    """
    services.access.audit.looked(
        caller, AuditEntry(action="live.read", subject_kind="people", subject="")
    )
    start = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else None
    wanted = Wanted(name=name, channel=channel, source=source)
    stream = _stream(request, request.app.state.live, wanted, start)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    request: Request, feed: LiveFeed, wanted: Wanted, number: int | None
) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    asked_at = spoke_at = monotonic()
    while not request.app.state.closing:
        now = monotonic()
        if now - asked_at > _ASK_AGAIN_S:
            if not await run_in_threadpool(_still_may, request):
                return
            asked_at = now
        heard = await run_in_threadpool(feed.since, number, wanted)
        if text := _message(heard, is_further=heard.number != number):
            yield text
            spoke_at = now
            number = heard.number
        elif now - spoke_at > _KEEP_ALIVE_S:
            yield ": still here\n\n"
            spoke_at = now
        await asyncio.sleep(_PAUSE_S)


def _message(heard: Heard, *, is_further: bool) -> str:
    """Return what to send: skipped, events, and in any case the number to go on from."""
    parts = []
    if heard.skipped:
        parts.append(f'event: skipped\ndata: {{"count": {heard.skipped}}}\n\n')
    if heard.events:
        data = _events.dump_json(heard.events).decode()
        parts.append(f"event: events\nid: {heard.number}\ndata: {data}\n\n")
    elif is_further:
        parts.append(f"id: {heard.number}\n\n")
    return "".join(parts)


def _still_may(request: Request) -> bool:
    try:
        Needs(Permission.PULSE_READ)(request)
    except HamsafarError:
        return False
    return True
