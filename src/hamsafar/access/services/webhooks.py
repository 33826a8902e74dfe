"""Webhooks: addresses that are told of alerts."""

from __future__ import annotations

from urllib.parse import urlsplit

from hamsafar.access import store
from hamsafar.access.rows import webhooks_of
from hamsafar.access.services.audit import append
from hamsafar.access.types import AuditEntry, Caller, Webhook
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.ports import Database

_MAX_URL = 2_000


class Webhooks:
    """Where alerts are sent."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> tuple[Webhook, ...]:
        """Return every webhook, oldest first."""
        with self._database.read() as tx:
            return webhooks_of(tx.rows(store.WEBHOOKS))

    def add(self, by: Caller, url: str) -> Webhook:
        """Return a new webhook.

        Raises:
            BadInput: not an http(s) address, or one with a password in it.
        """
        now = self._clock.now_us()
        webhook = Webhook(
            id=uuid7(),
            url=_checked_url(url),
            created_by=by.actor,
            created_at=now,
            last_status="",
            last_at=None,
        )
        with self._database.write() as tx:
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


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
        parts = urlsplit("")
    if not fits or len(url) > _MAX_URL or not url.isprintable() or " " in url:
        raise BadInput("give an address such as https://example.com/alerts", where="url")
    if parts.username or parts.password:
        raise BadInput("an address must not hold a password", where="url")
    return url
