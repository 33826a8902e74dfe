"""The Segment event on the wire, as loosely as clients send it.

Source: Segment HTTP tracking API; what each client library really sends was measured.
"""

from __future__ import annotations

import msgspec
from msgspec import Raw

Loose = str | int | float | bool | None
"""An id or time as clients send it: text, number, null."""

ABSENT = Raw()
"""What a part that was not sent is: this very object."""


class WireEvent(msgspec.Struct, gc=False):
    """One event as sent. JSON objects stay raw; `null` and absent are the same."""

    type: str | None = None
    messageId: Loose = None  # noqa: N815  the wire's own spelling, here and below
    userId: Loose = None  # noqa: N815
    anonymousId: Loose = None  # noqa: N815
    groupId: Loose = None  # noqa: N815
    previousId: Loose = None  # noqa: N815
    event: Loose = None
    name: Loose = None
    category: Loose = None
    timestamp: Loose = None
    originalTimestamp: Loose = None  # noqa: N815
    sentAt: Loose = None  # noqa: N815
    traits: Raw = ABSENT
    properties: Raw = ABSENT
    context: Raw = ABSENT


class WireBatch(msgspec.Struct, gc=False):
    """A batch body whose events decode at once."""

    batch: list[WireEvent]
    context: Raw = ABSENT
    sentAt: Loose = None  # noqa: N815


class RawBatch(msgspec.Struct, gc=False, omit_defaults=True):
    """A batch body whose events are decoded one by one, so that a bad one stands alone."""

    batch: list[Raw]
    context: Raw = ABSENT
    sentAt: Loose = None  # noqa: N815


class WirePage(msgspec.Struct, gc=False):
    """The part of `context.page` we read."""

    url: str | None = None


class WireDevice(msgspec.Struct, gc=False):
    """The part of `context.device` we read."""

    type: str | None = None
    id: Loose = None
    advertisingId: Loose = None  # noqa: N815
    token: Loose = None


class WireExternalId(msgspec.Struct, gc=False):
    """One entry of `context.externalIds`."""

    id: Loose = None
    type: str | None = None
    collection: str | None = None


class WireContext(msgspec.Struct, gc=False):
    """The part of `context` we read."""

    userAgent: str | None = None  # noqa: N815
    ip: str | None = None
    page: WirePage | None = None
    device: WireDevice | None = None
    traits: Raw = ABSENT
    campaign: dict[str, Loose] | None = None
    externalIds: list[WireExternalId] | None = None  # noqa: N815
