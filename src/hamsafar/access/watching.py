"""Nouns of watching: alerts, and the webhooks that hear of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of alerts.

    Attributes:
        secret: `whsec_…`, with which the receiver checks the signature; derived, never stored.
        last_status: how it last answered: `200`, `timeout`, …; empty before the first call.
        last_at: when that was.
    """

    id: str
    url: str
    secret: str
    created_by: str
    created_at: int
    last_status: str
    last_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookCall:
    """One message for one webhook.

    Attributes:
        secret: of the webhook, `whsec_…`.
        message_id: the same at every try, so that the receiver can tell a repetition.
        body: JSON.
    """

    url: str
    secret: str
    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAnswer:
    """How a webhook answered.

    Attributes:
        status: HTTP status, or a word: `timeout`, `refused address`, …
        delivered: it said 2xx.
        gone: it said 410: never to be called again.
        retry_after_s: how long it asked us to wait, 0 if it did not.
    """

    status: str
    delivered: bool
    gone: bool = False
    retry_after_s: float = 0.0


class AlertKind(StrEnum):
    """What an alert is about."""

    LAG = "lag"
    QUARANTINE = "quarantine"
    DISK = "disk"
    SILENT_SOURCE = "silent_source"
    MAP_DRIFT = "map_drift"
    """Real journeys fit a published map worse than they used to."""
    WORKER = "worker"
    """The worker itself is silent: told by the API, never stored."""


AlertValue = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that needs a person's eyes, until it is closed.

    Attributes:
        subject: what it is about, e.g. a source's number; may be empty.
        detail: in English words.
        values: what the words speak of, with the unit in each name; empty for what release 0.1.0
            opened.
        told_at: when the webhooks were told of its present state; None while they were not.
        closed_at: when it was over; None while it is open.
    """

    id: str
    kind: AlertKind
    subject: str
    detail: str
    values: dict[str, AlertValue]
    opened_at: int
    told_at: int | None
    closed_at: int | None = None
