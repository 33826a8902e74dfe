"""Shapes of the profile read API, field for field those of Segment's Profile API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from hamsafar.api.models.base import Told


class CursorShape(Told):
    """Where the next page is; `next` is empty on the last."""

    url: str
    has_more: bool
    next: str
    limit: int


class TraitsAnswer(Told):
    """Traits by name; with `verbose` each is `{value, source_id, updated_at}`."""

    traits: dict[str, JsonValue]
    cursor: CursorShape


class ExternalId(Told):
    """An identifier of the profile."""

    source_id: str
    collection: str
    id: str
    type: str
    created_at: str
    encoding: str


class ExternalIdsAnswer(Told):
    """Identifiers, oldest first."""

    data: list[ExternalId]
    cursor: CursorShape


class EventId(Told):
    """An identifier as an event names it."""

    collection: str
    type: str
    id: str
    encoding: str


class ProfileEvent(Told):
    """One event of the profile."""

    external_ids: list[EventId]
    type: str
    event: str
    message_id: str
    source_id: str
    timestamp: str
    context: dict[str, JsonValue]
    properties: dict[str, JsonValue]
    traits: dict[str, JsonValue]


class EventsAnswer(Told):
    """Events, newest first."""

    data: list[ProfileEvent]
    cursor: CursorShape


class Metadata(Told):
    """When and from where we first and last heard of the profile."""

    created_at: str | None
    updated_at: str | None
    expires_at: Annotated[None, Field(description="always null: profiles do not expire")] = None
    first_message_id: str | None
    first_source_id: str | None
    last_message_id: str | None
    last_source_id: str | None


class MetadataAnswer(Told):
    """Metadata of the profile."""

    metadata: Metadata


class SegmentProblem(Told):
    """An error in Segment's shape."""

    error: dict[str, str]
