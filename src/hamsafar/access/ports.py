"""What access needs from outside: somebody who calls webhooks, and a book for looks."""

from __future__ import annotations

from typing import Protocol

from hamsafar.access.types import AuditEntry, Caller, Look
from hamsafar.access.watching import WebhookAnswer, WebhookCall
from hamsafar.storage.ports import Tx


class AuditTrail(Protocol):
    """Keeps what was done, for services of other packages that change something."""

    def tell(self, tx: Tx, by: Caller, entry: AuditEntry) -> None:
        """Add a row to the chain, in the transaction of what it tells of."""
        ...


class LookBook(Protocol):
    """Keeps who looked at whom, durably and at once, until the audit chain has it."""

    @property
    def id(self) -> str:
        """Return the name of this very book; empty while it has none."""
        ...

    def add(self, at: int, actor: str, entry: AuditEntry) -> None:
        """Keep a look; when this returns it is on disk.

        Raises:
            Retriable: it cannot be kept now, so nobody may look.
        """
        ...

    def after(self, number: int, limit: int) -> list[Look]:
        """Return the looks behind a number, oldest first."""
        ...

    def drop(self, through: int) -> None:
        """Forget looks up to a number; no later one gets their numbers."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class WebhookSender(Protocol):
    """Delivers signed messages to webhooks."""

    def send(self, call: WebhookCall) -> WebhookAnswer:
        """Call a webhook once and return how it answered; never raises for what a peer does.

        The address is checked again at every call, and redirects are not followed.
        """
        ...


class NullWebhookSender:
    """Sends nothing and says so."""

    def send(self, call: WebhookCall) -> WebhookAnswer:
        """Return that nothing was sent."""
        return WebhookAnswer(status=f"not sent to {call.url}", delivered=False)
