"""The stored form of one event: what `Columns.payload` holds, as msgpack.

Everything the numeric columns do not say. JSON parts stay the bytes the client sent.
"""

from __future__ import annotations

import msgspec

from hamsafar.collect.times import time_text


class Stored(msgspec.Struct, array_like=True, gc=False, kw_only=True):
    """One event at rest.

    Attributes:
        version: form of this struct, 1.
        type: `track`, `page`, ...
        message_id: as sent.
        label: `event` of a track, `name` of a page or screen, empty else.
        user_id, anonymous_id, group_id, previous_id: as sent, empty when absent.
        client_at: the client's own word for the time, µs UTC, 0 when absent.
        sent_at: when the client says it sent it, µs UTC, 0 when absent.
        traits, properties, context: JSON objects, or empty.
        derived: JSON object of what we found out: device, campaign; or empty.
        address: client's IP address, or empty.
        category: what a page or screen belongs to, as the client says beside its name, or empty.
    """

    version: int = 1
    type: str
    message_id: str
    label: str = ""
    user_id: str = ""
    anonymous_id: str = ""
    group_id: str = ""
    previous_id: str = ""
    client_at: int = 0
    sent_at: int = 0
    traits: bytes = b""
    properties: bytes = b""
    context: bytes = b""
    derived: bytes = b""
    address: str = ""
    category: str = ""


class _Wire(msgspec.Struct, omit_defaults=True, rename="camel"):
    """An event at rest, told again in the words of the wire."""

    type: str
    message_id: str
    user_id: str = ""
    anonymous_id: str = ""
    group_id: str = ""
    previous_id: str = ""
    event: str = ""
    name: str = ""
    category: str = ""
    original_timestamp: str | int = 0
    timestamp: str | int = 0
    sent_at: str | int = 0
    traits: msgspec.Raw = msgspec.Raw()
    properties: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Stored)


def encode(stored: Stored) -> bytes:
    """Return the bytes of an event at rest."""
    return _encoder.encode(stored)


def decode(payload: bytes) -> Stored:
    """Return the event of these bytes.

    Raises:
        msgspec.DecodeError: not a payload of ours.
    """
    return _decoder.decode(payload)


def to_wire(stored: Stored, occurred_at: int) -> bytes:
    """Return a stored event as the JSON a client could have sent.

    With a time of the client's own goes the moment it was corrected to, so that reading it again
    gives the same one.
    """
    is_track = stored.type == "track"
    wire = _Wire(
        type=stored.type,
        message_id=stored.message_id,
        user_id=stored.user_id,
        anonymous_id=stored.anonymous_id,
        group_id=stored.group_id,
        previous_id=stored.previous_id,
        event=stored.label if is_track else "",
        name="" if is_track else stored.label,
        category=stored.category,
        original_timestamp=time_text(stored.client_at) if stored.client_at else 0,
        timestamp=time_text(occurred_at) if stored.client_at else 0,
        sent_at=time_text(stored.sent_at) if stored.sent_at else 0,
        traits=msgspec.Raw(stored.traits or b"{}"),
        properties=msgspec.Raw(stored.properties or b"{}"),
        context=msgspec.Raw(stored.context or b"{}"),
    )
    return msgspec.json.encode(wire)
