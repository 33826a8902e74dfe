"""What we answer: status, body, and the headers browsers need to see it.

Clients judge by the status alone: 200 is kept, 408, 429, 500 and 503 are sent again, any other
4xx is dropped. So nothing but "it is on disk" may answer 200.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from hamsafar.api.collect.asgi import Headers, Send

JSON = (b"content-type", b"application/json")
_PREFLIGHT_AGE_S = b"7200"
_EXPOSED = b"Retry-After, X-RateLimit-Reset"


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; `headers` without those for browsers."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = (JSON,)


OK = Answer(200, b'{"success":true}', (JSON, (b"content-length", b"16")))


def error(status: int, code: str, message: str, *, wait: timedelta | None = None) -> Answer:
    """Return an error in the shape client libraries read.

    Args:
        status: HTTP status.
        code: short name of what happened.
        message: words, with how to mend it.
        wait: told as whole seconds in `Retry-After` and `X-RateLimit-Reset`.
    """
    body = msgspec.json.encode({"code": code, "message": message, "success": False})
    if wait is None:
        return Answer(status, body)
    seconds = str(max(1, math.ceil(wait.total_seconds()))).encode()
    return Answer(status, body, (JSON, (b"retry-after", seconds), (b"x-ratelimit-reset", seconds)))


def for_browsers(request: Mapping[bytes, bytes]) -> Headers:
    """Return the headers that let a page of any origin read the answer.

    A write key is public and can only append, and no cookie is ever read on these paths, so the
    origin is echoed; with credentials allowed, because some clients send them always.
    """
    origin = request.get(b"origin")
    if origin is None or not _is_clean(origin):
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", _EXPOSED),
        (b"vary", b"Origin"),
    ]


def preflight(request: Mapping[bytes, bytes]) -> Answer:
    """Answer a browser that asks whether it may send."""
    headers = [
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-max-age", _PREFLIGHT_AGE_S),
    ]
    asked = request.get(b"access-control-request-headers", b"")
    if asked and _is_clean(asked):
        headers.append((b"access-control-allow-headers", asked))
    if request.get(b"access-control-request-private-network") == b"true":
        headers.append((b"access-control-allow-private-network", b"true"))
    return Answer(200, b"", tuple(headers))


async def send_answer(send: Send, answer: Answer, browser_headers: Headers) -> None:
    """Write the answer."""
    headers = [*answer.headers, *browser_headers]
    if answer is not OK:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _is_clean(value: bytes) -> bool:
    """Return whether a client's header value can be sent back as it is."""
    return value.isascii() and value.decode().isprintable()
