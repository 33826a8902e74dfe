"""Accounts of the staff: list, invite, change, reset."""

from __future__ import annotations

from datetime import timedelta

from hamsafar.access import store
from hamsafar.access.errors import EmailTaken, LastOwner
from hamsafar.access.policy import require_all_of
from hamsafar.access.rows import account_of
from hamsafar.access.secrets import hash_secret, new_secret
from hamsafar.access.services.audit import append
from hamsafar.access.settings import AccessSettings
from hamsafar.access.types import (
    Account,
    AccountId,
    AuditEntry,
    Caller,
    LinkPurpose,
    Role,
)
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.kernel.errors import BadInput, Conflict, NotFound
from hamsafar.kernel.ids import uuid7
from hamsafar.lang.contacts import normalise_email
from hamsafar.storage.errors import KeyTaken
from hamsafar.storage.ports import Database, Tx

OWNERS_LOCK = "access.owners"
MAX_NAME = 200


class Accounts:
    """Who works here, in which role."""

    def __init__(self, database: Database, clock: Clock, settings: AccessSettings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def all(self) -> tuple[Account, ...]:
        """Return every account, oldest first."""
        with self._database.read() as tx:
            return tuple(account_of(row) for row in tx.rows(store.ACCOUNTS))

    def has_owner(self) -> bool:
        """Return whether somebody can sign in as owner."""
        with self._database.read() as tx:
            return bool(tx.rows(store.WORKING_OWNERS))

    def owner_link(self, by: Caller) -> str:
        """Return the secret of a new one-time link that makes the first owner.

        Older ones stay good, such as the one `init` gave before `up`; all die when one is used.

        Raises:
            Conflict: there is an owner already.
        """
        with self._database.write() as tx:
            tx.lock(OWNERS_LOCK)
            if tx.rows(store.WORKING_OWNERS):
                raise Conflict("there is an owner already; ask him for an invitation")
            return self._link(tx, by, LinkPurpose.OWNER, None)

    def invite(
        self, by: Caller, *, email: str, role: Role, name: str = "", language: str = "fa"
    ) -> tuple[Account, str]:
        """Return a new account without a password, and the secret of the link that sets one.

        Raises:
            BadInput: not an e-mail address.
            EmailTaken: there is an account with this address.
            NotAllowed: the role may do more than the caller.
        """
        require_all_of(by, role)
        address = checked_email(email)
        now = self._clock.now_us()
        account = Account(
            id=AccountId(uuid7()),
            email=address,
            name=name.strip()[:MAX_NAME] or address.partition("@")[0],
            role=role,
            language=language,
            joined=False,
            created_at=now,
            disabled_at=None,
        )
        with self._database.write() as tx:
            add_account(tx, account, password_hash=None)
            entry = AuditEntry(
                action="user.invite", subject_kind="user", subject=account.id, detail=role
            )
            append(tx, now, by.actor, entry)
            return account, self._link(tx, by, LinkPurpose.INVITE, account)

    def reset(self, by: Caller, account_id: AccountId) -> str:
        """Return the secret of a link that sets a new password; older links die.

        Raises:
            NotFound: no such account.
            Conflict: it is disabled.
            NotAllowed: it may do more than the caller.
        """
        with self._database.write() as tx:
            account = _account(tx, account_id)
            require_all_of(by, account.role)
            if account.disabled_at is not None:
                raise Conflict("this account is disabled; enable it first", where="id")
            tx.run(store.DROP_LINKS, {"account_id": account_id})
            entry = AuditEntry(action="user.reset", subject_kind="user", subject=account_id)
            append(tx, self._clock.now_us(), by.actor, entry)
            purpose = LinkPurpose.RESET if account.joined else LinkPurpose.INVITE
            return self._link(tx, by, purpose, account)

    def change(
        self,
        by: Caller,
        account_id: AccountId,
        *,
        role: Role | None = None,
        disabled: bool | None = None,
    ) -> Account:
        """Return the account with another role, or disabled or enabled; its sessions end.

        Raises:
            NotFound: no such account.
            LastOwner: nobody would be left who may do everything.
            NotAllowed: it may do more than the caller, or would then.
        """
        now = self._clock.now_us()
        with self._database.write() as tx:
            tx.lock(OWNERS_LOCK)
            before = _account(tx, account_id)
            require_all_of(by, before.role)
            require_all_of(by, role or before.role)
            if role is not None and role is not before.role:
                tx.run(store.SET_ROLE, {"id": account_id, "role": role})
                _tell(tx, now, by, "user.role", account_id, f"{before.role} to {role}")
            if disabled is not None and disabled is not (before.disabled_at is not None):
                at = now if disabled else None
                tx.run(store.SET_DISABLED, {"id": account_id, "disabled_at": at})
                _tell(tx, now, by, "user.disable" if disabled else "user.enable", account_id)
            after = _account(tx, account_id)
            if after != before:
                tx.run(store.END_SESSIONS, {"account_id": account_id})
            if before.role is Role.OWNER and not tx.rows(store.WORKING_OWNERS):
                raise LastOwner
        return after

    def _link(self, tx: Tx, by: Caller, purpose: LinkPurpose, account: Account | None) -> str:
        now, secret = self._clock.now_us(), new_secret()
        tx.run(
            store.ADD_LINK,
            {
                "hash": hash_secret(secret),
                "purpose": purpose,
                "account_id": account.id if account else None,
                "email": account.email if account else "",
                "role": account.role if account else Role.OWNER,
                "now": now,
                "expires_at": now + int(self._life(purpose).total_seconds()) * SECOND_US,
            },
        )
        _tell(tx, now, by, "link.create", account.id if account else "", purpose)
        return secret

    def _life(self, purpose: LinkPurpose) -> timedelta:
        match purpose:
            case LinkPurpose.OWNER:
                return self._settings.owner_link_life
            case LinkPurpose.INVITE:
                return self._settings.invite_life
            case LinkPurpose.RESET:
                return self._settings.reset_life


def checked_email(email: str) -> str:
    """Return the one form of an address.

    Raises:
        BadInput: not an e-mail address.
    """
    address = normalise_email(email)
    if address is None:
        raise BadInput("this is not an e-mail address such as sara@example.com", where="email")
    return address


def add_account(tx: Tx, account: Account, *, password_hash: str | None) -> None:
    """Insert an account.

    Raises:
        EmailTaken: there is an account with this address.
    """
    try:
        tx.run(
            store.ADD_ACCOUNT,
            {
                "id": account.id,
                "email": account.email,
                "name": account.name,
                "role": account.role,
                "password_hash": password_hash,
                "language": account.language,
                "now": account.created_at,
            },
        )
    except KeyTaken:
        raise EmailTaken from None


def _account(tx: Tx, account_id: AccountId) -> Account:
    rows = tx.rows(store.ACCOUNT, {"id": account_id})
    if not rows:
        raise NotFound("no such account", where="id")
    return account_of(rows[0])


def _tell(tx: Tx, now: int, by: Caller, action: str, subject: str, detail: str = "") -> None:
    entry = AuditEntry(action=action, subject_kind="user", subject=subject, detail=detail)
    append(tx, now, by.actor, entry)
