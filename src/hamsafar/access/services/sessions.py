"""Sessions: sign in and out, one-time links, one's own account."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hamsafar.access import store
from hamsafar.access.errors import DeadLink, LockedOut, WrongPassword
from hamsafar.access.passwords import Passwords
from hamsafar.access.rows import account_of, whole
from hamsafar.access.secrets import csrf_of, hash_secret, new_secret
from hamsafar.access.services.accounts import (
    MAX_NAME,
    OWNERS_LOCK,
    add_account,
    checked_email,
)
from hamsafar.access.services.audit import append
from hamsafar.access.settings import PATIENCE, AccessSettings
from hamsafar.access.throttle import FORGET_US, Throttle
from hamsafar.access.types import (
    Account,
    AccountId,
    AuditEntry,
    Link,
    LinkPurpose,
    Role,
    Session,
    SignedIn,
)
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.kernel.errors import NotFound, Retriable
from hamsafar.kernel.ids import uuid7
from hamsafar.lang.contacts import normalise_email
from hamsafar.storage.ports import Database, Tx

_NOBODY = "?"
"""Stands for every text that is no e-mail address; no account has it."""
_AUDIT_LOOKED_AT = 500
_SEEN_EVERY_US = 60 * SECOND_US
"""A session's last use is written at most this often, so that reading stays reading."""


class Sessions:
    """Who is signed in."""

    def __init__(
        self, database: Database, clock: Clock, settings: AccessSettings, passwords: Passwords
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._throttle = Throttle(clock)
        self._idle_us = int(settings.session_idle.total_seconds()) * SECOND_US
        self._life_us = int(settings.session_life.total_seconds()) * SECOND_US

    def sign_in(self, email: str, password: str, *, address: str, old: str = "") -> SignedIn:
        """Return a new session; an `old` one of the same browser ends.

        Raises:
            LockedOut: too many wrong passwords for this account or from this address.
            WrongPassword: they do not fit; takes as long when there is no such account.
        """
        name = normalise_email(email) or _NOBODY
        self._check_wait(name, address)
        account, stored = self._stored(name)
        if account is not None:
            self._recall(account, address)
        if not self._passwords.fits(password, stored) or account is None:
            self._throttle.failed(name, address)
            self._tell_failure(account)
            raise WrongPassword
        self._throttle.succeeded(name, address)
        with self._database.write() as tx:
            # Again in the same transaction: a disabling or new password in between wins.
            rows = tx.rows(store.ACCOUNT, {"id": account.id})
            if not rows or rows[0][5] != stored or rows[0][7] is not None:
                raise WrongPassword
            if old:
                tx.run(store.END_SESSION, {"hash": hash_secret(old)})
            return self._begin(tx, account, "session.begin")

    def find(self, secret: str) -> Session | None:
        """Return the running session of a cookie, None when there is none (any more)."""
        now = self._clock.now_us()
        key = {"hash": hash_secret(secret)}
        with self._database.read() as tx:
            rows = tx.rows(store.SESSION, {**key, "now": now, "idle_since": now - self._idle_us})
        if not rows:
            return None
        if now - whole(rows[0][0]) > _SEEN_EVERY_US:
            # Written by the next request if not by this one: reading must not wait for it.
            with suppress(Retriable), self._database.write(patience=PATIENCE) as tx:
                tx.run(store.SEE_SESSION, {**key, "now": now})
        return Session(account=account_of(rows[0][1:]), csrf=csrf_of(secret))

    def sign_out(self, secret: str) -> None:
        """End a session, and sweep those that are over."""
        now = self._clock.now_us()
        with self._database.write() as tx:
            tx.run(store.END_SESSION, {"hash": hash_secret(secret)})
            tx.run(store.END_OLD_SESSIONS, {"now": now, "idle_since": now - self._idle_us})

    def link(self, secret: str) -> Link:
        """Return what a one-time link is good for; looking does not use it up.

        Raises:
            DeadLink: unknown, used or too old.
        """
        return self._link(secret)[0]

    def redeem(
        self, secret: str, *, password: str, email: str = "", name: str = "", language: str = "fa"
    ) -> SignedIn:
        """Use a one-time link: set the password and return a new session; all others end.

        `email` is needed for the owner's link only: it makes the account.

        Raises:
            DeadLink: unknown, used or too old.
            WeakPassword: the password is too easy to guess; the link still works.
            BadInput: not an e-mail address.
            EmailTaken: there is an account with this address.
        """
        link, account_id = self._link(secret)
        address = checked_email(email) if link.purpose is LinkPurpose.OWNER else link.email
        password_hash = self._passwords.hash(password, email=address)
        now = self._clock.now_us()
        with self._database.write() as tx:
            if account_id is None:
                tx.lock(OWNERS_LOCK)
            if tx.run(store.USE_LINK, {"hash": hash_secret(secret), "now": now}) != 1:
                raise DeadLink
            if account_id is None:
                account = _owner(address, name, language, now)
                add_account(tx, account, password_hash=password_hash)
                tx.run(store.DROP_OWNER_LINKS)
            else:
                account = _working_account(tx, account_id)
                self._set_password(tx, account, password_hash)
                if name.strip():
                    account = replace(account, name=name.strip()[:MAX_NAME])
                    _set_personal(tx, account)
            return self._begin(tx, account, f"session.begin.{link.purpose}")

    def change_own(
        self, account_id: AccountId, *, name: str | None = None, language: str | None = None
    ) -> Account:
        """Return one's own account with another name or language.

        Raises:
            NotFound: no such account.
        """
        with self._database.write() as tx:
            account = _working_account(tx, account_id)
            account = replace(
                account,
                name=(name or "").strip()[:MAX_NAME] or account.name,
                language=language or account.language,
            )
            _set_personal(tx, account)
        return account

    def change_own_password(
        self, account_id: AccountId, *, current: str, password: str, address: str
    ) -> SignedIn:
        """Set one's own password and return a new session; all others end.

        Raises:
            LockedOut, WrongPassword: as in `check_password`.
            WeakPassword: the new one is too easy to guess.
        """
        account = self.check_password(account_id, current, address=address)
        password_hash = self._passwords.hash(password, email=account.email)
        with self._database.write() as tx:
            account = _working_account(tx, account_id)
            self._set_password(tx, account, password_hash)
            return self._begin(tx, account, "user.password")

    def check_password(self, account_id: AccountId, password: str, *, address: str) -> Account:
        """Return the account if this is its password: asked again before grave deeds.

        Raises:
            LockedOut: too many wrong passwords.
            WrongPassword: it is not.
        """
        with self._database.read() as tx:
            rows = tx.rows(store.ACCOUNT, {"id": account_id})
        if not rows:
            raise WrongPassword
        account = account_of(rows[0])
        self._recall(account, address)
        if not self._passwords.fits(password, str(rows[0][5])):
            self._throttle.failed(account.email, address)
            self._tell_failure(account)
            raise WrongPassword
        self._throttle.succeeded(account.email, address)
        return account

    def _check_wait(self, name: str, address: str) -> None:
        wait = self._throttle.wait(name, address)
        if wait is not None:
            raise LockedOut(wait)

    def _recall(self, account: Account, address: str) -> None:
        """Let the account wait for the guesses of the last hour, also those before a restart."""
        if not self._throttle.knows(account.email):
            params: dict[str, str | int] = {
                "subject": account.id,
                "since": self._clock.now_us() - FORGET_US,
                "limit": _AUDIT_LOOKED_AT,
            }
            with self._database.read() as tx:
                count, last = tx.rows(store.REFUSALS, params)[0]
            self._throttle.recall(account.email, whole(count), whole(last or 0))
        self._check_wait(account.email, address)

    def _stored(self, email: str) -> tuple[Account | None, str | None]:
        with self._database.read() as tx:
            rows = tx.rows(store.ACCOUNT_BY_EMAIL, {"email": email})
        if not rows or rows[0][5] is None or rows[0][7] is not None:
            return None, None
        return account_of(rows[0]), str(rows[0][5])

    def _link(self, secret: str) -> tuple[Link, AccountId | None]:
        with self._database.read() as tx:
            params: dict[str, bytes | int] = {
                "hash": hash_secret(secret),
                "now": self._clock.now_us(),
            }
            rows = tx.rows(store.LINK, params)
        if not rows:
            raise DeadLink
        purpose, account_id, email, role = rows[0]
        link = Link(purpose=LinkPurpose(str(purpose)), email=str(email), role=Role(str(role)))
        return link, None if account_id is None else AccountId(str(account_id))

    def _set_password(self, tx: Tx, account: Account, password_hash: str) -> None:
        tx.run(store.SET_PASSWORD, {"id": account.id, "password_hash": password_hash})
        tx.run(store.END_SESSIONS, {"account_id": account.id})
        tx.run(store.DROP_LINKS, {"account_id": account.id})

    def _begin(self, tx: Tx, account: Account, action: str) -> SignedIn:
        now, secret = self._clock.now_us(), new_secret()
        expires_at = now + self._life_us
        tx.run(
            store.ADD_SESSION,
            {
                "hash": hash_secret(secret),
                "account_id": account.id,
                "now": now,
                "expires_at": expires_at,
            },
        )
        entry = AuditEntry(action=action, subject_kind="user", subject=account.id)
        append(tx, now, f"account:{account.id}", entry)
        return SignedIn(account=account, secret=secret, csrf=csrf_of(secret), expires_at=expires_at)

    def _tell_failure(self, account: Account | None) -> None:
        # Strangers' guesses at accounts that do not exist would only fill the disk.
        if account is not None:
            entry = AuditEntry(action="session.refuse", subject_kind="user", subject=account.id)
            with self._database.write() as tx:
                append(tx, self._clock.now_us(), "unknown:", entry)


def _owner(email: str, name: str, language: str, now: int) -> Account:
    return Account(
        id=AccountId(uuid7()),
        email=email,
        name=name.strip()[:MAX_NAME] or email.partition("@")[0],
        role=Role.OWNER,
        language=language,
        joined=True,
        created_at=now,
        disabled_at=None,
    )


def _working_account(tx: Tx, account_id: AccountId) -> Account:
    rows = tx.rows(store.ACCOUNT, {"id": account_id})
    if not rows or rows[0][7] is not None:
        raise NotFound("no such account", where="id")
    return account_of(rows[0])


def _set_personal(tx: Tx, account: Account) -> None:
    tx.run(
        store.SET_PERSONAL,
        {"id": account.id, "name": account.name, "language": account.language},
    )
