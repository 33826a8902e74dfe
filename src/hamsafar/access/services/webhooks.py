"""Webhooks: addresses that are told of alerts."""

from __future__ import annotations

from hamsafar.access import store
from hamsafar.access.reach import target_of
from hamsafar.access.rows import webhooks_of
from hamsafar.access.secrets import webhook_secret_of
from hamsafar.access.services.audit import append
from hamsafar.access.types import AuditEntry, Caller
from hamsafar.access.watching import Webhook
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.ports import Database

MAX_WEBHOOKS = 20


class Webhooks:
    """Where alerts are sent."""

    def __init__(
        self, database: Database, clock: Clock, secret: bytes, *, private: bool = False
    ) -> None:
        """Take the deployment's secret; `private` allows addresses of the own network."""
        self._database = database
        self._clock = clock
        self._secret = secret
        self._private = private

    def all(self) -> tuple[Webhook, ...]:
        """Return every webhook, oldest first."""
        with self._database.read() as tx:
            return webhooks_of(tx.rows(store.WEBHOOKS), self._secret)

    def add(self, by: Caller, url: str) -> Webhook:
        """Return a new webhook.

        Raises:
            BadInput: not an http(s) address we may call, or there are 20 already.
        """
        target_of(url, private=self._private)
        now, webhook_id = self._clock.now_us(), uuid7()
        webhook = Webhook(
            id=webhook_id,
            url=url,
            secret=webhook_secret_of(self._secret, webhook_id),
            created_by=by.actor,
            created_at=now,
            last_status="",
            last_at=None,
        )
        with self._database.write() as tx:
            tx.lock("access.webhooks")
            if len(tx.rows(store.WEBHOOKS)) >= MAX_WEBHOOKS:
                raise BadInput(f"there are {MAX_WEBHOOKS} webhooks already", where="url")
            params: dict[str, str | int] = {
                "id": webhook.id,
                "url": webhook.url,
                "created_by": by.actor,
                "now": now,
            }
            tx.run(store.ADD_WEBHOOK, params)
            entry = AuditEntry(action="webhook.create", subject_kind="webhook", subject=webhook.id)
            append(tx, now, by.actor, entry)
        return webhook

    def remove(self, by: Caller, webhook_id: str) -> None:
        """Forget a webhook.

        Raises:
            NotFound: no such webhook.
        """
        with self._database.write() as tx:
            if tx.run(store.DROP_WEBHOOK, {"id": webhook_id}) != 1:
                raise NotFound("no such webhook", where="id")
            entry = AuditEntry(action="webhook.remove", subject_kind="webhook", subject=webhook_id)
            append(tx, self._clock.now_us(), by.actor, entry)

    def answered(self, webhook_id: str, status: str) -> None:
        """Remember how a webhook last answered, e.g. `200` or `timeout`."""
        with self._database.write() as tx:
            params: dict[str, str | int] = {"id": webhook_id, "status": status}
            tx.run(store.SET_WEBHOOK, {**params, "now": self._clock.now_us()})
