"""How much we take at the door: sizes, counts, depth, keys, rates and waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from hamsafar.collect.errors import BadBody
from hamsafar.collect.structure import shape
from hamsafar.collect.types import Reason
from hamsafar.collect.why import Why, because

KIB = 1024
MIB = 1024 * KIB

_HANDFUL = 6
"""Events looked at together; honest ones have about ten brackets each."""
_SHORTEST_MEMBER = 4
"""Bytes a JSON object needs for one more key: two quotes, a colon, a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of collection, one set for all clients.

    Attributes:
        body_bytes: largest body, also after inflating.
        batch_events: most events in one batch.
        event_bytes: largest event.
        event_depth: deepest nesting in an event; the event itself is level 1.
        event_keys: most keys in an event, counted over all levels.
        inflight_bytes: memory all unfinished requests may hold together.
        body_idle: longest wait for the next piece of a body.
        body_total: longest time for a whole body.
        group_bytes: bytes after which a group is committed without waiting for more.
        group_wait: longest wait for more requests to share a commit with.
        key_requests_per_s: steady rate of requests by one write key; the burst is twice that.
        address_requests_per_s: steady rate of requests from one address; the burst is twice that.
        key_memory: how long a looked-up write key is believed.
        key_outage: how long a known key stays valid while the key ring cannot answer.
        retry_after: what a client is told to wait when we cannot take its events now.
    """

    body_bytes: int = 4 * MIB
    batch_events: int = 5_000
    event_bytes: int = 256 * KIB
    event_depth: int = 64
    event_keys: int = 10_000
    inflight_bytes: int = 32 * MIB
    body_idle: timedelta = timedelta(seconds=15)
    body_total: timedelta = timedelta(seconds=60)
    group_bytes: int = MIB
    group_wait: timedelta = timedelta(milliseconds=5)
    key_requests_per_s: float = 6_000.0
    address_requests_per_s: float = 6_000.0
    key_memory: timedelta = timedelta(seconds=2)
    key_outage: timedelta = timedelta(minutes=10)
    retry_after: timedelta = timedelta(seconds=2)


def check_count(count: int, limits: Limits) -> None:
    """Refuse a batch of too many events.

    Raises:
        BadBody: over `batch_events`.
    """
    if count > limits.batch_events:
        raise BadBody(
            because(Why.BATCH_LONG, count=count, limit=limits.batch_events),
            where="batch",
            reason=Reason.TOO_LARGE,
        )


def check_events(
    events: Sequence[msgspec.Raw | bytes], limits: Limits, *, where: str = "batch"
) -> None:
    """Refuse an event that is too large, too deep or has too many keys.

    Counting brackets bounds the depth from above, the length bounds the keys, and what holds for a
    handful of events together holds for each: the exact and slower look is taken only at events
    that could be over.

    Raises:
        BadBody: naming the limit and the event's place in the batch.
    """
    surely_fine = min(limits.event_bytes, limits.event_keys * _SHORTEST_MEMBER)
    for start in range(0, len(events), _HANDFUL):
        handful = events[start : start + _HANDFUL]
        text = b"".join(handful)
        if len(text) <= surely_fine and _brackets(text) <= limits.event_depth:
            continue
        for place, event in enumerate(handful, start):
            _check_event(bytes(event), f"{where}[{place}]", limits)


def _check_event(event: bytes, where: str, limits: Limits) -> None:
    size = len(event)
    if size > limits.event_bytes:
        raise BadBody(
            because(Why.EVENT_LARGE, place=where, size=size, limit=limits.event_bytes),
            where=where,
            reason=Reason.TOO_LARGE,
        )
    many_keys = size > limits.event_keys * _SHORTEST_MEMBER
    if many_keys or _brackets(event) > limits.event_depth:
        _check_shape(event, where, limits)


def _brackets(text: bytes) -> int:
    return text.count(b"{") + text.count(b"[")


def _check_shape(event: bytes, where: str, limits: Limits) -> None:
    """Measure depth and keys exactly and refuse what is over."""
    depth, keys = shape(event)
    if depth > limits.event_depth:
        raise BadBody(
            because(Why.EVENT_DEEP, place=where, depth=depth, limit=limits.event_depth),
            where=where,
            reason=Reason.TOO_LARGE,
        )
    if keys > limits.event_keys:
        raise BadBody(
            because(Why.EVENT_KEYS, place=where, keys=keys, limit=limits.event_keys),
            where=where,
            reason=Reason.TOO_LARGE,
        )
