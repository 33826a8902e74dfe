"""Errors of access.

HamsafarError
├── NotSignedIn
│   └── WrongPassword      e-mail or password do not fit; never says which
├── NotAllowed
│   └── MissingPermission  carries the permission
├── NotFound
│   └── DeadLink           a one-time link that is unknown, used or too old
├── Conflict
│   ├── EmailTaken         another account has this address
│   └── LastOwner          someone must remain who may do everything
├── BadInput
│   └── WeakPassword       carries the reason in words
└── Retriable
    └── LockedOut          too many wrong passwords; carries how long
"""

from __future__ import annotations

from datetime import timedelta

from hamsafar.kernel.errors import (
    BadInput,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Retriable,
)


class WrongPassword(NotSignedIn):
    """E-mail or password do not fit. Does not say which, so that nobody can list accounts."""

    def __init__(self) -> None:
        super().__init__("e-mail or password is wrong", where="password")


class MissingPermission(NotAllowed):
    """The caller may not do this.

    Attributes:
        permission: what he would need.
    """

    def __init__(self, permission: str) -> None:
        super().__init__(f"this needs the permission {permission}", where="authorization")
        self.permission = permission


class DeadLink(NotFound):
    """A one-time link that is unknown, used or too old."""

    def __init__(self) -> None:
        super().__init__("this link is used, too old or mistyped; ask for a new one", where="token")


class EmailTaken(Conflict):
    """Another account has this address."""

    def __init__(self) -> None:
        super().__init__("an account with this e-mail exists already", where="email")


class LastOwner(Conflict):
    """The last working owner account cannot lose its role or be disabled."""

    def __init__(self) -> None:
        super().__init__("the last owner must stay: make another account owner first", where="role")


class WeakPassword(BadInput):
    """A password too easy to guess; `detail` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, where="password")


class LockedOut(Retriable):
    """Too many wrong passwords from here, or for this account."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("too many attempts; wait and try again", after=after, where="password")
