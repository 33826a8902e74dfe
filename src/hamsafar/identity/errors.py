"""Errors of identity.

HamsafarError
└── IdentityError
    ├── UnknownPerson      no such person (HTTP 404)
    ├── UnknownLink        no claim between these two identifiers (404)
    ├── UnknownSeverance   no such cut (404)
    ├── AlreadySevered     the link is cut already (409)
    ├── AlreadyUndone      the cut was undone already (409)
    ├── LinkNotJoining     a blocked link joins nobody, there is nothing to cut (409)
    └── TooManyNodes       node ids are used up
"""

from __future__ import annotations

from hamsafar.kernel.errors import Conflict, HamsafarError, NotFound


class IdentityError(HamsafarError):
    """Root of this family."""


class UnknownPerson(IdentityError, NotFound):
    """No such person.

    Attributes:
        person: what was asked for.
    """

    def __init__(self, person: int) -> None:
        super().__init__(f"there is no person {person}", where="person")
        self.person = person


class UnknownLink(IdentityError, NotFound):
    """No event ever named these two identifiers together."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"no event links node {a} with node {b}; nothing to cut", where="a")
        self.a = a
        self.b = b


class UnknownSeverance(IdentityError, NotFound):
    """No such cut."""

    def __init__(self, severance: str) -> None:
        super().__init__(f"there is no severance {severance}", where="id")
        self.severance = severance


class AlreadySevered(IdentityError, Conflict):
    """The link is cut already; undo that cut first.

    Attributes:
        severance: id of the cut that stands.
    """

    def __init__(self, severance: str) -> None:
        super().__init__(f"the link is cut already by severance {severance}", where="a")
        self.severance = severance


class AlreadyUndone(IdentityError, Conflict):
    """The cut was undone before."""

    def __init__(self, severance: str) -> None:
        super().__init__(f"severance {severance} was undone before", where="id")
        self.severance = severance


class LinkNotJoining(IdentityError, Conflict):
    """One of the values is blocked, so the link joins nobody."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(
            f"the link {a}-{b} has a blocked value and joins nobody; nothing to cut", where="a"
        )
        self.a = a
        self.b = b


class TooManyNodes(IdentityError):
    """Node ids are used up: this deployment has seen 2^31 identifiers."""
