"""The policy: which role may do what. The only place that decides it."""

from __future__ import annotations

from collections.abc import Iterable

from hamsafar.access.errors import MissingPermission
from hamsafar.access.types import Caller, Permission, Role
from hamsafar.kernel.errors import NotAllowed

_OWNER = frozenset(Permission)
_ANALYST = frozenset({
    Permission.PEOPLE_READ,
    Permission.PROFILES_READ,
    Permission.JOURNEYS_READ,
    Permission.JOURNEYS_EDIT,
    Permission.SOURCES_READ,
    Permission.QUARANTINE_READ,
    Permission.PULSE_READ,
})
_AGENT = frozenset({Permission.PEOPLE_READ, Permission.PROFILES_READ})


def permissions_of(role: Role) -> frozenset[Permission]:
    """Return what a role may do."""
    match role:
        case Role.OWNER:
            return _OWNER
        case Role.ANALYST:
            return _ANALYST
        case Role.AGENT:
            return _AGENT


def token_permissions(
    scopes: Iterable[Permission], maker: frozenset[Permission]
) -> frozenset[Permission]:
    """Return what a token may do: its scopes, but never more than its maker may now."""
    return frozenset(scopes) & maker


def require(caller: Caller, permission: Permission) -> None:
    """Let the caller pass if he has the permission.

    Raises:
        MissingPermission: he has not.
    """
    if permission not in caller.permissions:
        raise MissingPermission(permission)


def require_all_of(caller: Caller, role: Role) -> None:
    """Let the caller decide over accounts of a role if he may himself do all they may.

    Otherwise whoever may only edit users could invite an owner, or reset one's password, and
    sign in as him.

    Raises:
        NotAllowed: he may not.
    """
    missing = permissions_of(role) - caller.permissions
    if missing:
        message = f"you cannot give or take what you do not have: {min(missing)}"
        raise NotAllowed(message, where="role")
