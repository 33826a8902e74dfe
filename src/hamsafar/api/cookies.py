"""The session cookie: `__Host-` wherever HTTPS reaches, a plain one only on this very machine."""

from __future__ import annotations

from fastapi import Request, Response

SECURE_NAME = "__Host-hamsafar"
LOCAL_NAME = "hamsafar"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def cookie_name(request: Request) -> str:
    """Return the name of the session cookie for the way this request came.

    A `__Host-` cookie must be Secure, which programs (though not Chromium) refuse over plain HTTP
    even on loopback; there, and only there, a cookie without the prefix is used.
    """
    return LOCAL_NAME if _is_plain_loopback(request) else SECURE_NAME


def read_cookie(request: Request) -> str:
    """Return the session secret a request carries, empty for none."""
    return request.cookies.get(cookie_name(request), "")


def set_cookie(request: Request, response: Response, secret: str, max_age_s: int) -> None:
    """Hand the session to the browser."""
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=max_age_s,
        path="/",
        secure=not _is_plain_loopback(request),
        httponly=True,
        samesite="strict",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=not _is_plain_loopback(request),
        httponly=True,
        samesite="strict",
    )


def _is_plain_loopback(request: Request) -> bool:
    return request.url.scheme == "http" and request.url.hostname in _LOOPBACK
