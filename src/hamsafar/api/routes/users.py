"""People of the staff: list, invite, change, reset."""

from __future__ import annotations

from fastapi import APIRouter, Request

from hamsafar.access.types import Account, AccountId
from hamsafar.api.gate import UsersEditor
from hamsafar.api.models.access import NewUser, ResetLink, User, UserChange, UserInvite
from hamsafar.api.models.base import Key, Listing
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, iso_or_none

router = APIRouter(tags=["users"])


@router.get("/api/users")
def list_users(_: UsersEditor, services: Parts) -> Listing[User]:
    """Return every account."""
    return Listing(items=[_user(account) for account in services.access.accounts.all()])


@router.post("/api/users")
def invite_user(
    request: Request, given: UserInvite, caller: UsersEditor, services: Parts
) -> NewUser:
    """Invite a person; the link is shown this once."""
    account, secret = services.access.accounts.invite(
        caller,
        email=given.email,
        role=given.role,
        name=given.name,
        language=services.access.workspaces.get().language,
    )
    return NewUser(
        user=_user(account), link=welcome_link(services.public_url or str(request.base_url), secret)
    )


@router.patch("/api/users/{user}")
def change_user(user: Key, given: UserChange, caller: UsersEditor, services: Parts) -> User:
    """Give a person another role, or disable or enable the account."""
    return _user(
        services.access.accounts.change(
            caller, AccountId(user), role=given.role, disabled=given.disabled
        )
    )


@router.post("/api/users/{user}/reset")
def reset_user(request: Request, user: Key, caller: UsersEditor, services: Parts) -> ResetLink:
    """Return a link with which the person sets a new password; shown this once."""
    secret = services.access.accounts.reset(caller, AccountId(user))
    return ResetLink(link=welcome_link(services.public_url or str(request.base_url), secret))


def welcome_link(base: str, secret: str) -> str:
    """Return the address of the console at which a one-time link is used.

    >>> welcome_link("http://127.0.0.1:7788/", "abc")
    'http://127.0.0.1:7788/welcome?token=abc'
    """
    return f"{base.rstrip('/')}/welcome?token={secret}"


def _user(account: Account) -> User:
    return User(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        language=account.language,
        joined=account.joined,
        created_at=iso(account.created_at),
        disabled_at=iso_or_none(account.disabled_at),
    )
