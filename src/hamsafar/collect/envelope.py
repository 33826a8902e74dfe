"""The blob in the log: a list of envelopes, as msgpack."""

from __future__ import annotations

import msgspec

from hamsafar.collect.types import Envelope

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Envelope])


def pack(envelopes: list[Envelope]) -> bytes:
    """Return the log blob of these envelopes."""
    return _encoder.encode(envelopes)


def unpack(blob: bytes) -> list[Envelope]:
    """Return the envelopes of a log blob.

    Raises:
        msgspec.DecodeError: not a blob of ours.
    """
    return _decoder.decode(blob)
