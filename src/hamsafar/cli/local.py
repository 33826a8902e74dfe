"""The local socket: how the command line works beside a running server.

Only the owner of the data folder can open it (mode 0600), so there is no further sign-in.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import msgspec

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobId, JobKind
from hamsafar.api.collect import halt
from hamsafar.api.impact_answers import Asked
from hamsafar.api.models.impact import ImpactPeopleAsk
from hamsafar.cli.friction_answers import Wanted, answer_wanted
from hamsafar.cli.jobs_view import job_view
from hamsafar.collect import unpack
from hamsafar.journeys.answers import write_answer
from hamsafar.journeys.query_json import read_part, read_query
from hamsafar.kernel.errors import BadInput, HamsafarError, NotFound, Retriable
from hamsafar.storage.errors import LogBroken, LogFull
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar

MAX_BLOB = 16_000_000

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class LocalApp:
    """ASGI on the local socket: append imported records, ask, queue jobs and look at them."""

    def __init__(self, hamsafar: Hamsafar) -> None:
        self._hamsafar = hamsafar

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request with JSON."""
        query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
        try:
            body = await _body(receive)
            found = await asyncio.to_thread(self._answer, scope["path"], query, body)
            status = 200
        except LogBroken as broken:
            halt(broken)
        except (LogFull, Retriable) as busy:
            status, found = 503, {"detail": busy.detail}
        except NotFound as absent:
            status, found = 404, {"detail": absent.detail}
        except HamsafarError as error:
            status, found = 400, {"detail": error.detail, "where": error.where}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})

    def _answer(self, path: str, query: dict[str, str], body: bytes) -> dict[str, object]:
        match path:
            case "/local/append":
                return self._append(query, body)
            case "/local/lag":
                sheet = self._hamsafar.counts.sheet()
                return {"lag": sheet.lanes.get(Lane.BULK, 0)}
            case "/local/job":
                return self._queue(json.loads(body))
            case "/local/query":
                return self._ask(body)
            case "/local/friction":
                return self._hurts(body)
            case "/local/impact":
                return self._moves(body)
            case "/local/look":
                return job_view(self._hamsafar.access.jobs.get(JobId(query["id"])))
        raise NotFound(f"no such path: {path}")

    def _append(self, query: dict[str, str], body: bytes) -> dict[str, object]:
        """Append a record; only one the worker will be able to read."""
        try:
            events = sum(envelope.count for envelope in unpack(body))
        except msgspec.DecodeError as error:
            raise BadInput(f"the body is not a log record: {error}", where="body") from None
        if str(events) != query.get("count"):
            raise BadInput(f"the body holds {events} events", where="count")
        lane = Lane(query.get("lane", Lane.BULK))
        offsets = self._hamsafar.log.append(lane, [(body, events)])
        return {"offset": offsets[0]}

    def _ask(self, body: bytes) -> dict[str, object]:
        """Answer a query about journeys; the people of examples are shown by number alone."""
        answer = self._hamsafar.queries.answer(read_query(body))
        found: dict[str, object] = msgspec.json.decode(write_answer(answer))
        return found

    def _hurts(self, body: bytes) -> dict[str, object]:
        """Answer a question about friction; people are shown by number alone."""
        try:
            wanted = msgspec.json.decode(body, type=Wanted)
        except msgspec.DecodeError as error:
            raise BadInput(f"the body is no question: {error}", where="body") from None
        answers = answer_wanted(self._hamsafar, wanted)
        shape = answers.friction or answers.containment
        return {} if shape is None else shape.model_dump(mode="json")

    def _moves(self, body: bytes) -> dict[str, object]:
        """Answer a question about impact."""
        ask = read_part(b'{"cell":"-","question":' + body + b"}", ImpactPeopleAsk, "").question
        answer = Asked(self._hamsafar.queries, self._hamsafar.impact, ask).answer()
        found: dict[str, object] = msgspec.to_builtins(answer)
        return found

    def _queue(self, wanted: dict[str, object]) -> dict[str, object]:
        kind = JobKind(str(wanted["kind"]))
        entry = AuditEntry(action=f"job.{kind}", subject_kind="job", subject="")
        args = json.dumps(wanted["args"])
        return job_view(self._hamsafar.access.jobs.ask(local_caller("cli"), kind, args, entry))


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > MAX_BLOB:
            raise BadInput(f"the body is larger than {MAX_BLOB:,} bytes", where="body")
        if not message.get("more_body"):
            return b"".join(parts)
