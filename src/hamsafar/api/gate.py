"""The gate: who calls, by cookie or token, and whether he may. Every route stands behind one.

A route declares one of `Needs` (a permission), `SignedIn` (anybody we know) or `Open` (anybody at
all, with the reason). `check_gates` refuses to start an application with a route that does not.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from hamsafar.access import require, session_caller
from hamsafar.access.types import Caller, CallerKind, Permission, Session
from hamsafar.api.cookies import read_cookie
from hamsafar.api.services import Services
from hamsafar.kernel.errors import NotAllowed, NotSignedIn

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SAME_SITE = frozenset({"same-origin", "none"})


class RouteWithoutGate(RuntimeError):
    """A route does not say who may call it."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Lets callers with a permission pass."""

    permission: Permission

    def __call__(self, request: Request) -> Caller:
        """Return the caller.

        Raises:
            NotSignedIn: no cookie or token of ours.
            NotAllowed: without the permission, or a request forged by another site.
        """
        caller = caller_of(request)
        require(caller, self.permission)
        return caller


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Lets every person and program we know pass."""

    def __call__(self, request: Request) -> Caller:
        """Return the caller; raises as `Needs`."""
        return caller_of(request)


@dataclass(frozen=True, slots=True)
class Open:
    """Lets everybody pass.

    Attributes:
        why: the reason, for those who read the policy.
    """

    why: str

    def __call__(self, request: Request) -> None:
        """Stop only what another site made a browser send.

        Raises:
            NotAllowed: a changing request that another site made.
        """
        if request.method not in _SAFE:
            check_same_site(request)


Gate = Needs | SignedIn | Open
"""What a route declares, exactly once."""


def caller_of(request: Request) -> Caller:
    """Return who calls: by token in `Authorization`, else by session cookie.

    Raises:
        NotSignedIn: neither is one of ours.
        NotAllowed: a cookie on a request that another site made.
    """
    services: Services = request.app.state.services
    token = token_of(request)
    if token is not None:
        caller = services.access.tokens.find(token)
        if caller is None:
            raise NotSignedIn("this token is unknown, revoked or too old", where="authorization")
        return caller
    session = session_of(request, services)
    if session is None:
        raise NotSignedIn("sign in, or send a token in Authorization: Bearer", where="cookie")
    check_same_site(request)
    if request.method not in _SAFE:
        _check_csrf(request, session)
    return session_caller(session)


def session_of(request: Request, services: Services) -> Session | None:
    """Return the session of a request's cookie, None when there is none."""
    secret = read_cookie(request)
    return services.access.sessions.find(secret) if secret else None


def token_of(request: Request) -> str | None:
    """Return the token in `Authorization` (Bearer, or Basic with the token as user name)."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            return _basic_user(value)
        case _:
            return None


def check_same_site(request: Request) -> None:
    """Stop requests that another site made a browser send.

    Raises:
        NotAllowed: by what the browser says (`Sec-Fetch-Site`, else `Origin`).
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _SAME_SITE:
        raise NotAllowed("requests from another site are refused", where="sec-fetch-site")
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != request.headers.get("host", "").lower():
        raise NotAllowed("requests from another site are refused", where="origin")


def check_gates(app: FastAPI) -> dict[tuple[str, str], Gate]:
    """Return the gate of every (method, path), having made sure that each route has one.

    Raises:
        RouteWithoutGate: one does not.
    """
    found: dict[tuple[str, str], Gate] = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            raise RouteWithoutGate(f"{getattr(route, 'path', route)} is not behind a gate")
        gates = list(gates_of(route.dependant))
        if len(gates) != 1:
            raise RouteWithoutGate(
                f"{sorted(route.methods or ())} {route.path} has {len(gates)} gates; it needs one"
                " of Needs, SignedIn or Open"
            )
        found.update({(method, route.path_format): gates[0] for method in route.methods or ()})
    return found


def gates_of(dependant: Dependant) -> Iterator[Gate]:
    """Yield the gates a route stands behind."""
    for child in dependant.dependencies:
        if isinstance(child.call, Needs | SignedIn | Open):
            yield child.call
        yield from gates_of(child)


def _check_csrf(request: Request, session: Session) -> None:
    given = request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise NotAllowed("send the csrf value of /api/me in X-CSRF-Token", where="x-csrf-token")


def _basic_user(value: str) -> str:
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return decoded.partition(":")[0]


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def person_behind(caller: Caller) -> str:
    """Return the account id of a caller who signed in himself.

    Raises:
        NotAllowed: a program.
    """
    if caller.kind is not CallerKind.ACCOUNT:
        raise NotAllowed("this needs a person who signed in, not a token", where="authorization")
    return caller.id


Known = Annotated[Caller, Depends(SignedIn())]
PeopleReader = Annotated[Caller, Depends(Needs(Permission.PEOPLE_READ))]
PeopleEditor = Annotated[Caller, Depends(Needs(Permission.PEOPLE_EDIT))]
PeopleEraser = Annotated[Caller, Depends(Needs(Permission.PEOPLE_ERASE))]
JourneysReader = Annotated[Caller, Depends(Needs(Permission.JOURNEYS_READ))]
JourneysEditor = Annotated[Caller, Depends(Needs(Permission.JOURNEYS_EDIT))]
SourcesReader = Annotated[Caller, Depends(Needs(Permission.SOURCES_READ))]
SourcesEditor = Annotated[Caller, Depends(Needs(Permission.SOURCES_EDIT))]
QuarantineReader = Annotated[Caller, Depends(Needs(Permission.QUARANTINE_READ))]
QuarantineEditor = Annotated[Caller, Depends(Needs(Permission.QUARANTINE_EDIT))]
UsersEditor = Annotated[Caller, Depends(Needs(Permission.USERS_EDIT))]
TokensEditor = Annotated[Caller, Depends(Needs(Permission.TOKENS_EDIT))]
AuditReader = Annotated[Caller, Depends(Needs(Permission.AUDIT_READ))]
WorkspaceEditor = Annotated[Caller, Depends(Needs(Permission.WORKSPACE_EDIT))]
PulseReader = Annotated[Caller, Depends(Needs(Permission.PULSE_READ))]
ProfilesReader = Annotated[Caller, Depends(Needs(Permission.PROFILES_READ))]
