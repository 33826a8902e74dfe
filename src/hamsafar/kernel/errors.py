"""The root of every error we raise on purpose.

HamsafarError
├── BadInput        something the caller sent; carries where it stands and how to mend it
├── NotFound        no such thing
├── Conflict        the state does not allow it
├── NotAllowed      known caller, not permitted
├── NotSignedIn     unknown caller
├── Retriable       try again after a while
└── StorageError    (storage) …and one family per package
"""

from __future__ import annotations

from datetime import timedelta


class HamsafarError(Exception):
    """Root. `detail` is for people, `where` names the field, file or statement."""

    def __init__(self, detail: str, *, where: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.where = where


class BadInput(HamsafarError):
    """The caller sent something we cannot take; `detail` says how to mend it."""


class NotFound(HamsafarError):
    """No such thing."""


class Conflict(HamsafarError):
    """The present state does not allow it."""


class NotAllowed(HamsafarError):
    """A known caller without the permission."""


class NotSignedIn(HamsafarError):
    """An unknown caller."""


class Retriable(HamsafarError):
    """A passing fault.

    Attributes:
        after: how long to wait before trying again.
    """

    def __init__(self, detail: str, *, after: timedelta, where: str = "") -> None:
        super().__init__(detail, where=where)
        self.after = after
