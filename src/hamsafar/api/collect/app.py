"""The ASGI application of collection: routes, and the one way a request becomes log bytes."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from hamsafar.api.collect.answers import (
    JSON,
    OK,
    Answer,
    error,
    for_browsers,
    preflight,
    send_answer,
)
from hamsafar.api.collect.asgi import Receive, Scope, Send
from hamsafar.api.collect.body import ClientGone, SlowBody
from hamsafar.api.collect.halt import halt
from hamsafar.api.collect.intake import Intake
from hamsafar.api.collect.library import BrowserLibrary
from hamsafar.api.collect.origin import PublicUrl
from hamsafar.api.collect.settings import settings_json
from hamsafar.api.collect.sources import SourceFinder
from hamsafar.api.collect.take import METRICS, Request, Taker
from hamsafar.collect import Limits, WriterCounts, key_of_request
from hamsafar.collect.errors import BadBody, TooFast, UnknownKey
from hamsafar.collect.ports import KeyRing
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import LogFull
from hamsafar.storage.ports import EventLog

_KINDS = {
    "identify": "i",
    "track": "t",
    "page": "p",
    "screen": "s",
    "group": "g",
    "alias": "a",
    "batch": "b",
}
ENDPOINTS = {
    **{f"/v1/{word}": kind for kind, short in _KINDS.items() for word in (kind, short)},
    "/batch": "batch",
    "/b": "batch",
    "/v1/import": "batch",
    "/v1/m": METRICS,
    "/m": METRICS,
}
"""Paths that take events, and the kind of what they take; `metrics` is thrown away."""
_GET_PREFIXES = ("/v1/projects/", "/projects/", "/analytics.js/v1/", "/analytics-next/bundles/")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectParts:
    """What collection is made of.

    Attributes:
        log: where events go; this process is its only writer.
        keys: who a write key belongs to.
        clock: gives `received_at`.
        browser_dir: `dist/umd` of `@segment/analytics-next`; may be missing, then it is not served.
        limits: sizes, rates, waits.
        public_url: how clients reach us, and which proxies are believed.
        on_broken: ends the process when a sync of the log failed.
    """

    log: EventLog
    keys: KeyRing
    clock: Clock
    browser_dir: Path
    limits: Limits = field(default_factory=Limits)
    public_url: PublicUrl = field(default_factory=PublicUrl)
    on_broken: Callable[[BaseException], None] = halt


class CollectApp:
    """Collection as ASGI. Call `start` before the first request and `close` after the last.

    Attributes:
        statuses: how many requests were answered with each HTTP status.
    """

    def __init__(self, parts: CollectParts) -> None:
        self._limits = parts.limits
        self._public_url = parts.public_url
        self._sources = SourceFinder(parts.keys, parts.limits)
        self._intake = Intake(parts.log, parts.limits, parts.on_broken)
        self._library = BrowserLibrary(parts.browser_dir)
        self._taker = Taker(
            sources=self._sources, intake=self._intake, clock=parts.clock, limits=parts.limits
        )
        self.statuses: Counter[int] = Counter()

    @property
    def counts(self) -> WriterCounts:
        """Return what was written to the log so far."""
        return self._intake.counts

    def start(self) -> None:
        """Start the log's writer."""
        self._intake.start()

    def close(self) -> None:
        """Write what waits, and stop the log's writer."""
        self._intake.close()

    @staticmethod
    def owns(path: str) -> bool:
        """Return whether a path belongs to collection, whatever the method."""
        return path in ENDPOINTS or path.startswith(_GET_PREFIXES)

    async def __call__(
        self, asgi_scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        """Answer one HTTP request; on `lifespan`, start and close."""
        scope = cast("Scope", asgi_scope)
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        try:
            answer = await self._answer(scope, headers, receive)
        except ClientGone:
            self.statuses[0] += 1
            return
        except Exception as fault:
            logging.getLogger("hamsafar.collect").exception("a request failed")
            answer = error(500, "internal", f"something broke here ({type(fault).__name__})")
        self.statuses[answer.status] += 1
        await send_answer(send, answer, for_browsers(headers))

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        path = scope["path"]
        method = scope["method"]
        kind = ENDPOINTS.get(path) or ENDPOINTS.get(path.rstrip("/"))
        if method == "POST" and kind is not None:
            request = Request(
                kind,
                headers,
                self._public_url.client(scope, headers),
                key_of_request(
                    headers.get(b"authorization", b""),
                    headers.get(b"x-write-key", b""),
                    scope["query_string"],
                ),
            )
            return await self._taken(request, receive)
        if method == "OPTIONS" and (kind is not None or self.owns(path)):
            return preflight(headers)
        if method in {"GET", "HEAD"} and kind is None:
            return await self._get(scope, headers)
        if kind is None and not self.owns(path):
            return error(404, "not_found", f"no such path: {path}")
        return error(405, "method_not_allowed", "events are sent with POST")

    async def _get(self, scope: Scope, headers: dict[bytes, bytes]) -> Answer:
        path = scope["path"]
        found: Answer | None = None
        parts = path.strip("/").split("/")
        if path.startswith("/analytics-next/bundles/"):
            found = self._library.bundle(path.removeprefix("/analytics-next/bundles/"), headers)
        elif parts[:2] == ["analytics.js", "v1"] and parts[-1].startswith("analytics"):
            found = self._library.entry(headers)
        elif parts[-1] == "settings" and parts[-3:-2] == ["projects"]:
            found = await self._settings(parts[-2], scope, headers)
        return found or error(404, "not_found", f"no such path or write key: {path}")

    async def _settings(
        self, write_key: str, scope: Scope, headers: dict[bytes, bytes]
    ) -> Answer | None:
        try:
            source = await self._sources.find(write_key)
        except Retriable as busy:
            return error(503, "unavailable", busy.detail, wait=busy.after)
        if source is None:
            return None
        protocol, host = self._public_url.base(scope, headers)
        body = settings_json(write_key, protocol, host)
        return Answer(200, body, (JSON, (b"cache-control", b"no-cache")))

    async def _taken(self, request: Request, receive: Receive) -> Answer:
        """Take a request and turn what goes wrong into its answer."""
        try:
            await self._taker.take(request, receive)
        except BadBody as bad:
            return error(400, bad.reason.value, bad.detail)
        except UnknownKey as unknown:
            return error(401, "unknown_write_key", unknown.detail)
        except SlowBody as slow:
            return error(408, "timeout", slow.detail)
        except TooFast as fast:
            wait = timedelta(seconds=fast.retry_after_s)
            return error(429, "rate_limited", fast.detail, wait=wait)
        except Retriable as busy:
            return error(503, "unavailable", busy.detail, wait=busy.after)
        except LogFull:
            detail = "the event log is full: send again later"
            return error(503, "unavailable", detail, wait=self._limits.retry_after)
        return OK


def create_collect_app(parts: CollectParts) -> CollectApp:
    """Return the application; nothing runs until it is started."""
    return CollectApp(parts)
