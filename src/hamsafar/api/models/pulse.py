"""Shapes of Pulse, Live and quarantine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from hamsafar.access.watching import AlertKind, AlertValue
from hamsafar.api.models.base import Given, Text, Told
from hamsafar.collect import Value, Why
from hamsafar.collect.types import Reason


class Minute(Told):
    """What became of the events received in one minute."""

    minute: str
    stored: int
    duplicates: int
    quarantined: int
    rejected: int


class Totals(Told):
    """What became of all events: `received` is the sum of the next four and the lag."""

    received: int
    stored: int
    duplicates: int
    quarantined: int
    rejected: int


class PulseSource(Told):
    """A source, and whether it still speaks."""

    id: int
    name: str
    channel: str
    last_event_at: str | None
    events_last_hour: int
    silent: bool


class AlertShape(Told):
    """Something that needs a person's eyes; `values` are what the English `detail` speaks of."""

    id: str
    kind: AlertKind
    subject: str
    detail: str
    values: dict[str, AlertValue]
    opened_at: str


class Health(Told):
    """How the machinery is."""

    disk_free_bytes: int
    worker_seen_at: str | None


class PulseShape(Told):
    """Everything Pulse shows."""

    now: str
    events_per_minute: list[Minute]
    usual_per_minute: float | None
    totals: Totals
    lag_events: int
    lag_seconds: float
    people: int
    people_today: int
    events_today: int
    usual_events_today: float | None
    sources: list[PulseSource]
    alerts: list[AlertShape]
    health: Health


class LiveEvent(Told):
    """One event as it arrived."""

    seq: int
    id: str
    type: str
    name: str
    channel: str
    source: int
    person: str
    person_label: str
    occurred_at: str
    received_at: str


class QuarantineItem(Told):
    """An event we could not take; `event` is its JSON, or its text where that is no JSON.

    `detail` is English; `why` and `values` are the same as a code, for other languages. `why` is
    null for what release 0.1.0 put aside.
    """

    id: int
    reason: Reason
    detail: str
    why: Why | None
    values: dict[str, Value]
    field: str
    source: int
    message_id: str
    received_at: str
    tries: int
    state: str
    event: JsonValue


class ReasonCount(Told):
    """How many events one reason holds."""

    reason: Reason
    count: int


class QuarantinePage(Told):
    """A page of the quarantine, and the reasons of all of it."""

    items: list[QuarantineItem]
    next: str | None
    reasons: list[ReasonCount]


RowId = Annotated[int, Field(ge=1, le=(1 << 53) - 1)]


class ReplayAsk(Given):
    """What to send down the river again: rows, or all of a reason; `fix` is a JSON merge patch."""

    ids: Annotated[list[RowId], Field(default_factory=list, max_length=10_000)]
    reason: Text = ""
    fix: dict[str, JsonValue] | None = None


class DiscardAsk(Given):
    """Which rows to drop for good."""

    ids: Annotated[list[RowId], Field(min_length=1, max_length=10_000)]
