"""The root: event collection and the rest share one port, split by path before anything else."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

_EXACT = frozenset({"/b", "/batch", "/m"})
_PREFIXES = ("/projects/", "/analytics.js/", "/analytics-next/")
_OURS = "/v1/spaces/"


def is_collection(path: str) -> bool:
    """Return whether a path belongs to event collection: everything of Segment's tracking API.

    >>> is_collection("/v1/batch"), is_collection("/v1/spaces/default/x"), is_collection("/api/me")
    (True, False, False)
    """
    if path.startswith("/v1/"):
        return not path.startswith(_OURS)
    return path in _EXACT or path.startswith(_PREFIXES)


class Root:
    """Sends each request to collection or to the application; start-up and shutdown to the latter."""

    def __init__(self, collect: ASGIApp, application: ASGIApp) -> None:
        self._collect = collect
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and is_collection(scope["path"]):
            await self._collect(scope, receive, send)
        else:
            await self._application(scope, receive, send)


def create_root(collect: ASGIApp, application: ASGIApp) -> Root:
    """Return the ASGI application of the API process."""
    return Root(collect, application)
