"""Webhooks: addresses that are told of alerts."""

from __future__ import annotations

from fastapi import APIRouter, Response

from hamsafar.access.watching import Webhook
from hamsafar.api.gate import WorkspaceEditor
from hamsafar.api.models.access import WebhookNew, WebhookShape
from hamsafar.api.models.base import Key, Listing
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, iso_or_none

router = APIRouter(tags=["webhooks"])


@router.get("/api/webhooks")
def list_webhooks(_: WorkspaceEditor, services: Parts) -> Listing[WebhookShape]:
    """Return every webhook."""
    return Listing(items=[_webhook(webhook) for webhook in services.access.webhooks.all()])


@router.post("/api/webhooks")
def create_webhook(given: WebhookNew, caller: WorkspaceEditor, services: Parts) -> WebhookShape:
    """Make a webhook."""
    return _webhook(services.access.webhooks.add(caller, given.url))


@router.delete("/api/webhooks/{webhook}", status_code=204)
def delete_webhook(webhook: Key, caller: WorkspaceEditor, services: Parts) -> Response:
    """Forget a webhook."""
    services.access.webhooks.remove(caller, webhook)
    return Response(status_code=204)


def _webhook(webhook: Webhook) -> WebhookShape:
    return WebhookShape(
        id=webhook.id,
        url=webhook.url,
        secret=webhook.secret,
        created_at=iso(webhook.created_at),
        last_status=webhook.last_status,
        last_at=iso_or_none(webhook.last_at),
    )
