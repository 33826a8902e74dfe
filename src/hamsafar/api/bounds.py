"""The bound on request bodies, told in our own shape of error."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 2_000_000
_DETAIL = f"a request body has at most {MAX_BODY} bytes"


class BodyBound:
    """Refuses a body that says it is too large unread, and cuts off one that turns out to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > MAX_BODY:
            body = {"error": "too_large", "detail": _DETAIL, "where": "body"}
            await JSONResponse(body, 413)(scope, receive, send)
            return
        seen = 0

        async def receive_bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY:
                raise HTTPException(413, _DETAIL)
            return message

        await self._app(scope, receive_bounded, send)
