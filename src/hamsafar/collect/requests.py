"""Taking a stored request apart: which events it holds, and what they share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from hamsafar.collect.split import raw_events, with_whole_surrogates
from hamsafar.collect.times import time_or_none
from hamsafar.collect.types import Envelope, SourceInfo
from hamsafar.collect.wire import RawBatch, WireBatch, WireEvent
from hamsafar.storage.types import Flag

LISTS = frozenset({"batch", "import", "replay"})
"""Kinds of request whose body is `{"batch": [...]}`; the others are one event each."""
_SUSPECT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_BARE = len("null")

_batch = msgspec.json.Decoder(WireBatch)
_raw_batch = msgspec.json.Decoder(RawBatch)
_one = msgspec.json.Decoder(WireEvent)


@dataclass(frozen=True, slots=True)
class Sender:
    """What the events of one request share.

    Attributes:
        sent: when the client says it sent them, µs UTC.
        context: JSON object that goes into each event's context, or empty.
        flags: bits every event of the request gets.
        has_escapes: some text may not be Unicode, or hold a NUL.
    """

    source: SourceInfo
    envelope: Envelope
    sent: int | None
    context: bytes
    flags: int
    has_escapes: bool


def events_of(envelope: Envelope) -> tuple[Sequence[WireEvent | Raw], RawBatch | WireBatch | None]:
    """Return the events of a request, raw where it does not decode as a whole; and the batch."""
    body = envelope.body
    if envelope.kind not in LISTS:
        try:
            return [_one.decode(body)], None
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [Raw(body)], None
    batch: WireBatch | RawBatch
    try:
        batch = _batch.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        batch = split_raw(body)
    return batch.batch, batch


def raw_events_of(envelope: Envelope) -> list[Raw]:
    """Return the events of a request as they were sent."""
    return split_raw(envelope.body).batch if envelope.kind in LISTS else [Raw(envelope.body)]


def sender_of(envelope: Envelope, source: SourceInfo, batch: RawBatch | WireBatch | None) -> Sender:
    """Return what the events of a request share."""
    body = envelope.body
    shared = bytes(batch.context) if batch is not None else b""
    return Sender(
        source=source,
        envelope=envelope,
        sent=time_or_none(batch.sentAt, source.zone) if batch is not None else None,
        context=shared if len(shared) > _BARE else b"",
        flags=Flag.HISTORICAL if envelope.kind == "import" else 0,
        has_escapes=bool(_SUSPECT.search(body)),
    )


def split_raw(body: bytes) -> RawBatch:
    """Return a batch with each event exactly as it was sent, even where its text is not Unicode.

    Raises:
        msgspec.DecodeError: not a batch.
    """
    try:
        return _raw_batch.decode(body)
    except msgspec.DecodeError:
        mended = _raw_batch.decode(with_whole_surrogates(body))
        mended.batch = [Raw(event) for event in raw_events(body)]
        return mended


def alone(envelope: Envelope, index: int) -> Envelope:
    """Return a request with only one of its events, its bytes as they were sent."""
    if envelope.kind not in LISTS:
        return envelope
    whole = split_raw(envelope.body)
    one = RawBatch([whole.batch[index]], whole.context, whole.sentAt)
    return msgspec.structs.replace(envelope, count=1, body=msgspec.json.encode(one))


def one_event(envelope: Envelope) -> bytes:
    """Return the first event of a request as the JSON it was sent as."""
    if envelope.kind not in LISTS:
        return envelope.body
    try:
        items = split_raw(envelope.body).batch
    except msgspec.DecodeError:
        return envelope.body
    return bytes(items[0]) if items else envelope.body
