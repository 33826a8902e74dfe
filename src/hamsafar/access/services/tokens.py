"""API tokens: make, list, revoke; and who a session or token speaks for."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import timedelta

from hamsafar.access import store
from hamsafar.access.policy import permissions_of, token_permissions
from hamsafar.access.rows import account_of, token_of
from hamsafar.access.secrets import hash_secret, is_token, new_token, shown_prefix
from hamsafar.access.services.audit import append
from hamsafar.access.settings import PATIENCE
from hamsafar.access.types import (
    ApiToken,
    AuditEntry,
    Caller,
    CallerKind,
    Permission,
    Session,
    TokenId,
)
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.kernel.errors import BadInput, NotAllowed, NotFound, Retriable
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.ports import Database, Tx

_USED_EVERY_US = 60 * SECOND_US
_USED_AGAIN_US = 5 * SECOND_US
_MAX_NAME = 200


def local_caller(name: str) -> Caller:
    """Return the person at the machine's own command line, who may do everything."""
    return Caller(kind=CallerKind.LOCAL, id=name, name=name, permissions=frozenset(Permission))


def session_caller(session: Session) -> Caller:
    """Return the person a session speaks for."""
    return Caller(
        kind=CallerKind.ACCOUNT,
        id=session.account.id,
        name=session.account.name,
        permissions=permissions_of(session.account.role),
        account=session.account,
    )


class Tokens:
    """Keys of programs."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._used_at: dict[TokenId, int] = {}

    def all(self) -> tuple[ApiToken, ...]:
        """Return every token, revoked ones too, newest first."""
        with self._database.read() as tx:
            return tuple(token_of(row) for row in tx.rows(store.TOKENS))

    def create(
        self,
        by: Caller,
        *,
        name: str,
        scopes: Iterable[Permission],
        life: timedelta | None = None,
    ) -> tuple[ApiToken, str]:
        """Return a new token and its text, which nobody can see again.

        Raises:
            BadInput: no name or no scope.
            NotAllowed: a scope the caller does not have himself, or a token making tokens.
        """
        wanted = tuple(dict.fromkeys(scopes))
        if not name.strip() or not wanted:
            raise BadInput("give a name and at least one scope", where="scopes")
        if by.kind is CallerKind.PROGRAM:
            raise NotAllowed("a token cannot make tokens; sign in", where="authorization")
        missing = [scope for scope in wanted if scope not in by.permissions]
        if missing:
            raise NotAllowed(f"you cannot give what you do not have: {missing[0]}", where="scopes")
        now, text = self._clock.now_us(), new_token()
        token = ApiToken(
            id=TokenId(uuid7()),
            name=name.strip()[:_MAX_NAME],
            prefix=shown_prefix(text),
            scopes=wanted,
            created_by=by.actor,
            created_at=now,
            expires_at=None if life is None else now + int(life.total_seconds()) * SECOND_US,
            last_used_at=None,
            revoked_at=None,
        )
        with self._database.write() as tx:
            _add(tx, token, hash_secret(text))
            scope_list = " ".join(wanted)
            entry = AuditEntry(
                action="token.create", subject_kind="token", subject=token.id, detail=scope_list
            )
            append(tx, now, by.actor, entry)
        return token, text

    def revoke(self, by: Caller, token_id: TokenId) -> None:
        """End a token at once.

        Raises:
            NotFound: no such working token.
        """
        now = self._clock.now_us()
        with self._database.write() as tx:
            if tx.run(store.REVOKE_TOKEN, {"id": token_id, "now": now}) != 1:
                raise NotFound("no such working token", where="id")
            entry = AuditEntry(action="token.revoke", subject_kind="token", subject=token_id)
            append(tx, now, by.actor, entry)

    def find(self, text: str) -> Caller | None:
        """Return who a token speaks for, None when it is none of ours, revoked or too old.

        A token never may more than the account that made it may now.
        """
        if not is_token(text):
            return None
        now = self._clock.now_us()
        with self._database.read() as tx:
            rows = tx.rows(store.TOKEN_BY_HASH, {"hash": hash_secret(text), "now": now})
            if not rows:
                return None
            token = token_of(rows[0])
            permissions = token_permissions(token.scopes, _maker_permissions(tx, token))
        self._use(token, now)
        return Caller(
            kind=CallerKind.PROGRAM, id=token.id, name=token.name, permissions=permissions
        )

    def _use(self, token: ApiToken, now: int) -> None:
        with self._lock:
            last = max(self._used_at.get(token.id, 0), token.last_used_at or 0)
            if now - last < _USED_EVERY_US:
                return
            self._used_at[token.id] = now
        try:
            with self._database.write(patience=PATIENCE) as tx:
                tx.run(store.USE_TOKEN, {"id": token.id, "now": now})
        except Retriable:
            # Soon again: reading must not wait for it.
            with self._lock:
                self._used_at[token.id] = now - _USED_EVERY_US + _USED_AGAIN_US


def _add(tx: Tx, token: ApiToken, hashed: bytes) -> None:
    tx.run(
        store.ADD_TOKEN,
        {
            "id": token.id,
            "name": token.name,
            "hash": hashed,
            "prefix": token.prefix,
            "scopes": " ".join(token.scopes),
            "created_by": token.created_by,
            "now": token.created_at,
            "expires_at": token.expires_at,
        },
    )


def _maker_permissions(tx: Tx, token: ApiToken) -> frozenset[Permission]:
    kind, _, maker = token.created_by.partition(":")
    if kind == CallerKind.LOCAL:
        return frozenset(Permission)
    rows = tx.rows(store.ACCOUNT, {"id": maker})
    if kind != CallerKind.ACCOUNT or not rows:
        return frozenset()
    account = account_of(rows[0])
    return frozenset() if account.disabled_at is not None else permissions_of(account.role)
