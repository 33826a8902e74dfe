"""The bound on request bodies, told in our own shape of error."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_BODY = 2_000_000


class BodyBound:
    """Refuses a body that says it is too large, before a byte of it is read.

    One that does not say its size is cut off by FastAPI itself at the same bound.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            length = Headers(scope=scope).get("content-length", "")
            if length.isascii() and length.isdigit() and int(length[:20]) > MAX_BODY:
                body = {
                    "error": "too_large",
                    "detail": f"a request body has at most {MAX_BODY} bytes",
                    "where": "body",
                }
                await JSONResponse(body, 413)(scope, receive, send)
                return
        await self._app(scope, receive, send)
