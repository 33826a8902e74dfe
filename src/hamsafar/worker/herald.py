"""Tells webhooks of alerts, in a thread of its own: the river never waits for a peer.

At least once: what a webhook was told is remembered in memory while others are still to be told, so
a restart may repeat a message, under the same `webhook-id`.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event as Flag

from hamsafar.access import Access
from hamsafar.access.ports import WebhookSender
from hamsafar.access.watching import Alert, Webhook, WebhookCall
from hamsafar.kernel.clock import SECOND_US, Clock

BACK_OFF_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Waits between tries, as the specification advises: given up after three and a half days."""
EVERY_S = 1.0
GONE = "410"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Telling:
    """How far one webhook is with one message."""

    tries: int = 0
    next_at: int = 0
    is_over: bool = False


class Herald:
    """Calls every webhook for every alert that opens or closes."""

    def __init__(self, access: Access, sender: WebhookSender, clock: Clock) -> None:
        self._access = access
        self._sender = sender
        self._clock = clock
        self._tellings: dict[tuple[str, str], _Telling] = {}

    def run(self, stop: Flag) -> None:
        """Work until `stop` is set."""
        while not stop.wait(EVERY_S):
            try:
                self.step()
            except Exception:  # noqa: BLE001  an edge: the thread lives as long as the worker
                _log.exception("webhooks could not be told; trying again")

    def step(self) -> None:
        """Tell what is due now."""
        alerts = self._access.watch.untold()
        if not alerts:
            self._tellings.clear()
            return
        hooks = [hook for hook in self._access.webhooks.all() if hook.last_status != GONE]
        for alert in alerts:
            over = [self._tell(hook, alert) for hook in hooks]
            if all(over):
                self._access.watch.told(alert)

    def _tell(self, hook: Webhook, alert: Alert) -> bool:
        """Call a webhook if it is due; return whether it is done with this message."""
        message_id = message_id_of(alert)
        telling = self._tellings.setdefault((hook.id, message_id), _Telling())
        now = self._clock.now_us()
        if telling.is_over or now < telling.next_at:
            return telling.is_over
        answer = self._sender.send(
            WebhookCall(
                url=hook.url, secret=hook.secret, message_id=message_id, body=body_of(alert)
            )
        )
        self._access.webhooks.answered(hook.id, answer.status)
        telling.is_over = answer.delivered or answer.gone or telling.tries >= len(BACK_OFF_S)
        if not telling.is_over:
            wait_s = max(BACK_OFF_S[telling.tries], answer.retry_after_s)
            telling.next_at = self._clock.now_us() + int(wait_s * SECOND_US)
            telling.tries += 1
            _log.warning("webhook %s: %s; again in %d s", hook.id, answer.status, wait_s)
        return telling.is_over


def message_id_of(alert: Alert) -> str:
    """Return the id of what is told of an alert in its present state."""
    return f"alert_{alert.id}_{'opened' if alert.closed_at is None else 'closed'}"


def body_of(alert: Alert) -> bytes:
    """Return what is told of an alert, as JSON."""
    is_open = alert.closed_at is None
    return json.dumps(
        {
            "type": "alert.opened" if is_open else "alert.closed",
            "timestamp": _iso(alert.closed_at or alert.opened_at),
            "data": {
                "id": alert.id,
                "kind": alert.kind,
                "subject": alert.subject,
                "detail": alert.detail,
                "values": alert.values,
                "opened_at": _iso(alert.opened_at),
                "closed_at": _iso(alert.closed_at) if alert.closed_at is not None else None,
            },
        },
        ensure_ascii=False,
    ).encode()


def _iso(at: int) -> str:
    moment = datetime.fromtimestamp(at / SECOND_US, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
