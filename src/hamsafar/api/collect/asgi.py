"""The part of ASGI we speak, typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypedDict

Headers = list[tuple[bytes, bytes]]


class Scope(TypedDict):
    """One HTTP request, or the `lifespan` of the server."""

    type: str
    method: str
    path: str
    query_string: bytes
    headers: Headers
    scheme: str
    client: tuple[str, int] | None
    server: tuple[str, int | None] | None


class Received(TypedDict, total=False):
    """What `receive` gives."""

    type: str
    body: bytes
    more_body: bool


class Sent(TypedDict, total=False):
    """What `send` takes."""

    type: str
    status: int
    headers: Headers
    body: bytes


Receive = Callable[[], Awaitable[Received]]
Send = Callable[[Sent], Awaitable[None]]
