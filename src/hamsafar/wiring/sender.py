"""Webhooks over HTTP, loaded with the first message."""

from __future__ import annotations

from importlib import import_module

from hamsafar.access.ports import WebhookSender
from hamsafar.access.watching import WebhookAnswer, WebhookCall
from hamsafar.kernel.clock import Clock


class LateSender:
    """The WebhookSender of a deployment; the HTTP library costs a fifth of a second to load."""

    def __init__(self, clock: Clock, *, private: bool) -> None:
        self._clock = clock
        self._private = private
        self._sender: WebhookSender | None = None

    def send(self, call: WebhookCall) -> WebhookAnswer:
        """Call a webhook once and return how it answered; never raises for what a peer does."""
        if self._sender is None:
            engine = import_module("hamsafar.engines.webhooks")
            self._sender = engine.HttpWebhooks(self._clock, private=self._private)
        return self._sender.send(call)
