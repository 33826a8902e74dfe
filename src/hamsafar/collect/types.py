"""Nouns of collection: what comes in at the door, and the event it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from hamsafar.storage.types import I64, Lane

Identifier = tuple[str, str]
"""(kind, normalised value), e.g. `("email", "sara@example.com")`."""


class Envelope(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One accepted request, as it lies in the log.

    Attributes:
        source_id: the source its write key belongs to.
        kind: endpoint: `batch`, `track`, `identify`, `page`, `screen`, `group`, `alias`; `import`
            for files, `replay` for quarantine, `refused` for a body over the limits.
        received_at: µs UTC.
        address: client's IP address, empty when unknown.
        user_agent: of the HTTP request.
        count: events in the body.
        body: JSON, UTF-8: for batch, import and replay `{"batch": [...], ...}`, else one event.
    """

    source_id: int
    kind: str
    received_at: int
    address: str
    user_agent: str
    count: int
    body: bytes


class Event(msgspec.Struct, gc=False, kw_only=True):
    """One valid event on its way through the pipeline.

    Attributes:
        seq: place in the log, unique and growing within a lane.
        type: `track`, `page`, `screen`, `identify`, `group`, `alias`.
        name: what happened: `Order Completed`, `Page: Home`; for identify, group and alias the type.
        identifiers: normalised (kind, value); the first one is the event's own node.
        occurred_at: corrected client time, µs UTC.
        traits: what identify says about the person, decoded; None for other types.
        fp_hi, fp_lo: 128-bit fingerprint of (source, message id).
        body: 64-bit hash of type, name, ids, traits, properties and client time.
        flags: bits of `storage.types.Flag`.
        payload: stored form (`collect.payload`).
    """

    seq: int
    source_id: int
    type: str
    name: str
    message_id: str
    identifiers: tuple[Identifier, ...]
    occurred_at: int
    received_at: int
    channel: str
    traits: dict[str, object] | None
    fp_hi: int
    fp_lo: int
    body: int
    flags: int
    payload: bytes


class Reason(StrEnum):
    """Why an event stands in quarantine."""

    BAD_JSON = "bad_json"
    BAD_TYPE = "bad_type"
    NO_IDENTITY = "no_identity"
    NO_NAME = "no_name"
    BAD_FIELD = "bad_field"
    TOO_LARGE = "too_large"
    BAD_TEXT = "bad_text"
    ID_CONFLICT = "id_conflict"
    UNKNOWN_SOURCE = "unknown_source"
    POISON = "poison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """An event we cannot take as it is, kept whole with the reason in words."""

    seq: int
    source_id: int
    reason: Reason
    detail: str
    field: str
    message_id: str
    received_at: int
    envelope: bytes
    tries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction of the pipeline works on. A stage returns a changed copy.

    Attributes:
        lane: where the events came down.
        part: partition, 0 when embedded.
        events: valid, not yet seen events in seq order.
        quarantined: what was put aside.
        node: i64[len(events)], each event's node; set by the identity stage.
        code: codes of event names; set by the names stage.
    """

    lane: Lane
    part: int
    events: list[Event]
    quarantined: list[Quarantined] = field(default_factory=list)
    node: I64 | None = None
    code: I64 | None = None
    duplicates: dict[int, int] = field(default_factory=dict)
    rejected: dict[int, int] = field(default_factory=dict)
