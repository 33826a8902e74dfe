"""What access needs from outside: somebody who calls webhooks."""

from __future__ import annotations

from typing import Protocol

from hamsafar.access.types import WebhookAnswer, WebhookCall


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
