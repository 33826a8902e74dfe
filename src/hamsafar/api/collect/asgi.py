"""The part of ASGI we speak, typed."""

from __future__ import annotations

from typing import TypedDict

from starlette.types import Receive, Send

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


__all__ = ["Headers", "Receive", "Scope", "Send"]
