"""Security headers on every answer, as ASGI middleware (it never touches a body)."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hamsafar.api.errors import REQUEST_ID
from hamsafar.kernel.ids import uuid7

API_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
CONSOLE_CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self' data:;"
    " img-src 'self' data: blob:; worker-src 'self' blob:; manifest-src 'self';"
    # The console's component library writes its theme into a style element; scripts stay strict.
    " style-src 'self' 'unsafe-inline';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ONE_YEAR_S = 31_536_000


class SecurityHeaders:
    """Adds them; answers of the API are never stored by anyone between."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = uuid7()
        scope.setdefault("state", {})[REQUEST_ID] = number
        is_api = str(scope["path"]).startswith(("/api/", "/v1/", "/healthz", "/metrics"))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = number
                for name, value in _COMMON.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", API_CSP if is_api else CONSOLE_CSP)
                if is_api:
                    headers.setdefault("Cache-Control", "no-store")
                if scope.get("scheme") == "https":
                    headers.setdefault(
                        "Strict-Transport-Security", f"max-age={_ONE_YEAR_S}; includeSubDomains"
                    )
            await send(message)

        await self._app(scope, receive, send_with_headers)
