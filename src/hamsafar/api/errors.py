"""Errors become HTTP: the only place that decides a status, and the one shape of an error."""

from __future__ import annotations

import logging
import math
import os
import signal
import traceback

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hamsafar.access.errors import LockedOut
from hamsafar.kernel.errors import (
    BadInput,
    Conflict,
    HamsafarError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Retriable,
)
from hamsafar.lang.errors import NotUnderstood
from hamsafar.storage.errors import DiskBroken, LogFull

SEGMENT = "/v1/spaces/"
"""Below this path errors have the shape of Segment's Profile API."""

REQUEST_ID = "request_id"
"""Where the number of a request stands in the state of its scope."""

_log = logging.getLogger("hamsafar.api")

_STATUS: tuple[tuple[type[HamsafarError], int, str], ...] = (
    (BadInput, 400, "bad_input"),
    (NotSignedIn, 401, "not_signed_in"),
    (NotAllowed, 403, "not_allowed"),
    (NotFound, 404, "not_found"),
    (Conflict, 409, "conflict"),
    (LockedOut, 429, "too_fast"),
    (Retriable, 503, "busy"),
    (LogFull, 503, "busy"),
)
_WORDS = {
    400: "bad_input",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "bad_method",
    413: "too_large",
    415: "bad_input",
    429: "too_fast",
}
_SEGMENT_CODES = {
    400: "validation_error",
    401: "authentication_error",
    403: "authentication_error",
    429: "rate_limit_error",
}


class Problem(BaseModel):
    """What every error looks like."""

    error: str = Field(description="a word for programs: bad_input, not_found, ...")
    detail: str = Field(description="a sentence for people; says how to mend it")
    where: str = Field(default="", description="the field it is about")


def add_error_handlers(app: FastAPI) -> None:
    """Give every error we know its status and shape."""
    app.add_exception_handler(HamsafarError, _ours)
    app.add_exception_handler(NotUnderstood, _not_understood)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)


def problem(
    request: Request, status: int, error: str, detail: str, where: str = ""
) -> JSONResponse:
    """Return an error answer."""
    if request.url.path.startswith(SEGMENT):
        code = _SEGMENT_CODES.get(status, error)
        return JSONResponse({"error": {"code": code, "message": detail}}, status)
    return JSONResponse(Problem(error=error, detail=detail, where=where).model_dump(), status)


async def _ours(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HamsafarError):
        return await _unforeseen(request, error)
    if isinstance(error, DiskBroken):
        _leave(error)
        return problem(request, 503, "busy", "the disk failed; try again in a moment")
    for family, status, word in _STATUS:
        if isinstance(error, family):
            answer = problem(request, status, word, _printable(error.detail), error.where)
            if isinstance(error, Retriable):
                seconds = max(1, math.ceil(error.after.total_seconds()))
                answer.headers["Retry-After"] = str(seconds)
            if status == 401 and request.url.path.startswith(SEGMENT):
                answer.headers["WWW-Authenticate"] = 'Basic realm="hamsafar"'
            return answer
    return await _unforeseen(request, error)


def _leave(error: DiskBroken) -> None:
    """Stop this process in order: a file it could not sync is only sure again for a new one."""
    _log.critical("the disk failed, the process ends: %s", error)
    os.kill(os.getpid(), signal.SIGTERM)


async def _not_understood(request: Request, error: Exception) -> JSONResponse:
    detail, where = (error.detail, error.where) if isinstance(error, NotUnderstood) else ("", "")
    return problem(request, 400, "bad_input", detail, where)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    first = found[0] if found else {"msg": "the request is not understood", "loc": ()}
    where = ".".join(str(part) for part in first["loc"] if part not in {"body", "query", "path"})
    return problem(request, 400, "bad_input", _printable(str(first["msg"])), _printable(where))


async def _framework(request: Request, error: Exception) -> JSONResponse:
    status, detail = 500, "something went wrong"
    headers = None
    if isinstance(error, HTTPException):
        status, detail, headers = error.status_code, str(error.detail), error.headers
    answer = problem(request, status, _WORDS.get(status, "error"), detail)
    if headers:
        answer.headers.update(headers)
    return answer


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    # Neither the address nor the error's message: both may hold personal data.
    number = request.scope.get("state", {}).get(REQUEST_ID, "")
    _log.error(
        "request %s: unforeseen %s at %s %s\n%s",
        number,
        type(error).__name__,
        request.method,
        getattr(request.scope.get("route"), "path", "?"),
        "".join(traceback.format_tb(error.__traceback__)),
    )
    detail = f"something went wrong; the server's log tells more about request {number}"
    return problem(request, 500, "internal", detail)


class LastResort:
    """Middleware: what nobody foresaw becomes a mute 500 that leads to the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        has_begun = False

        async def send_noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            if scope["type"] != "http" or has_begun:
                raise
            answer = await _unforeseen(Request(scope), error)
            await answer(scope, receive, send)


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
