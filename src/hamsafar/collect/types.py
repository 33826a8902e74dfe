"""Nouns of collection: what comes in at the door, and the event it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec
import numpy as np

from hamsafar.collect.why import Cause
from hamsafar.storage.types import I64, U16, U32, Lane

MINUTE_US = 60_000_000

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
        fingerprint: 16 bytes, hash of (source, message id).
        body: 8 bytes, hash of type, name, ids, traits, properties and client time.
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
    fingerprint: bytes
    body: bytes
    flags: int
    payload: bytes


class Bots(StrEnum):
    """What a source does with crawlers and internal traffic."""

    REJECT = "reject"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What the river must know about a source.

    Attributes:
        id: number, 1 or more.
        slug: stable short name.
        channel: touchpoint its events happen on: web, app, store, call, ...
        zone: IANA zone for times sent without one.
        bots: what to do with crawlers and internal traffic.
        internal_networks: address blocks (CIDR) of our own people.
    """

    id: int
    slug: str
    channel: str
    zone: str
    bots: Bots
    internal_networks: tuple[str, ...]


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
    cause: Cause
    field: str
    message_id: str
    received_at: int
    envelope: bytes
    tries: int = 1

    @property
    def detail(self) -> str:
        """Return the cause in English."""
        return self.cause.sentence


class Outcome(StrEnum):
    """How an event ended. `received` is the sum of these and the lag."""

    STORED = "stored"
    DUPLICATE = "duplicates"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class QuarantineState(StrEnum):
    """What became of a quarantined event."""

    OPEN = "open"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An open row of the quarantine."""

    id: int
    seq: int
    source_id: int
    lane: Lane
    received_at: int
    tries: int
    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRow:
    """A row of the quarantine as people see it; `event` is the JSON as it was sent."""

    id: int
    reason: Reason
    cause: Cause
    field: str
    source_id: int
    message_id: str
    received_at: int
    tries: int
    state: QuarantineState
    event: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """An event that ends at the door: a duplicate, or traffic its source rejects."""

    seq: int
    source_id: int
    received_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction of the pipeline works on. A stage returns a changed copy.

    Attributes:
        lane: where the events came down.
        part: partition, 0 when embedded.
        events: valid, not yet seen events in seq order.
        quarantined: what was put aside.
        node: i64[len(events)], each event's node; set by the identity stage.
        code: u32, codes of event names; set by the collect stage, as is
        channel: u16, codes of touchpoints.
    """

    lane: Lane
    part: int
    events: list[Event]
    quarantined: list[Quarantined] = field(default_factory=list)
    duplicates: list[Tallied] = field(default_factory=list)
    rejected: list[Tallied] = field(default_factory=list)
    node: I64 = field(default_factory=lambda: np.empty(0, np.int64))
    code: U32 = field(default_factory=lambda: np.empty(0, np.uint32))
    channel: U16 = field(default_factory=lambda: np.empty(0, np.uint16))
