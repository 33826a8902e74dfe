"""Signing in and out, one-time links, one's own account."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from hamsafar.access import permissions_of
from hamsafar.access.types import AccountId, Session, SignedIn, Workspace
from hamsafar.api.collect.origin import rate_name
from hamsafar.api.cookies import drop_cookie, read_cookie, set_cookie
from hamsafar.api.gate import Known, Open, person_behind, session_of
from hamsafar.api.models.access import (
    LinkShape,
    LinkUse,
    Me,
    MeChange,
    SignIn,
    WorkspaceShape,
)
from hamsafar.api.models.base import Key
from hamsafar.api.services import Parts, Services
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import BadInput, NotSignedIn

router = APIRouter(tags=["me"])
_StrangerSignsIn = Depends(Open(why="this is where one becomes known"))
_LinkIsTheKey = Depends(Open(why="the link itself is the key"))


@router.post("/api/sign-in", dependencies=[_StrangerSignsIn])
def sign_in(request: Request, response: Response, given: SignIn, services: Parts) -> Me:
    """Sign in with e-mail and password."""
    signed = services.access.sessions.sign_in(
        given.email, given.password, address=address_of(request), old=read_cookie(request)
    )
    return _welcome(request, response, services, signed)


@router.post("/api/sign-out", status_code=204)
def sign_out(request: Request, caller: Known, services: Parts) -> Response:
    """End the session."""
    person_behind(caller)
    services.access.sessions.sign_out(read_cookie(request))
    response = Response(status_code=204)
    drop_cookie(request, response)
    return response


@router.get("/api/me")
def get_me(request: Request, caller: Known, services: Parts) -> Me:
    """Return who is signed in."""
    person_behind(caller)
    session = session_of(request, services)
    if session is None:
        raise NotSignedIn("sign in", where="cookie")
    return me(session, services.access.workspaces.get())


@router.patch("/api/me")
def change_me(
    request: Request, response: Response, given: MeChange, caller: Known, services: Parts
) -> Me:
    """Change one's name, language or password; a new password ends all other sessions."""
    account = AccountId(person_behind(caller))
    sessions = services.access.sessions
    if given.name is not None or given.language is not None:
        sessions.change_own(account, name=given.name, language=given.language)
    if given.password is not None:
        if given.current_password is None:
            raise BadInput("give your present password too", where="current_password")
        signed = sessions.change_own_password(
            account,
            current=given.current_password,
            password=given.password,
            address=address_of(request),
        )
        return _welcome(request, response, services, signed)
    return get_me(request, caller, services)


@router.get("/api/links/{token}", dependencies=[_LinkIsTheKey])
def get_link(token: Key, services: Parts) -> LinkShape:
    """Return what a one-time link is good for, without using it up."""
    link = services.access.sessions.link(token)
    return LinkShape(purpose=link.purpose, email=link.email, role=link.role)


@router.post("/api/links/{token}", dependencies=[_LinkIsTheKey])
def use_link(
    request: Request, response: Response, token: Key, given: LinkUse, services: Parts
) -> Me:
    """Set the password a link is for, and sign in."""
    signed = services.access.sessions.redeem(
        token,
        password=given.password,
        email=given.email,
        name=given.name,
        language=services.access.workspaces.get().language,
    )
    return _welcome(request, response, services, signed)


def address_of(request: Request) -> str:
    """Return what the address of a request is counted by, empty when unknown."""
    return rate_name(request.client.host) if request.client else ""


def me(session: Session, workspace: Workspace) -> Me:
    """Return how a person is shown to himself."""
    account = session.account
    return Me(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        language=account.language,
        csrf=session.csrf,
        permissions=sorted(permissions_of(account.role)),
        workspace=workspace_shape(workspace),
    )


def workspace_shape(workspace: Workspace) -> WorkspaceShape:
    """Return how the workspace is shown."""
    return WorkspaceShape(
        name=workspace.name,
        zone=workspace.zone,
        currency=workspace.currency,
        calendar=workspace.calendar,
        week_start=workspace.week_start,
        language=workspace.language,
        country=workspace.country,
    )


def _welcome(request: Request, response: Response, services: Services, signed: SignedIn) -> Me:
    life_s = (signed.expires_at - services.clock.now_us()) // SECOND_US
    set_cookie(request, response, signed.secret, life_s)
    session = Session(account=signed.account, csrf=signed.csrf)
    return me(session, services.access.workspaces.get())
