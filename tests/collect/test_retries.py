"""What clients change between two sendings of one event, and what makes it another event.

Source: seen on the wire with `@segment/analytics-next` 1.84.3 and dropped answers.
"""

from __future__ import annotations

import msgspec
import pytest
from support.collect_process import FixedSources

from hamsafar.collect.read import Reader, Reading
from hamsafar.collect.types import Bots, Envelope, SourceInfo

FIRST: dict[str, object] = {
    "type": "page",
    "messageId": "m1",
    "name": "Home",
    "userId": None,
    "anonymousId": "a1",
    "properties": {"path": "/"},
    "context": {"locale": "fa-IR"},
    "timestamp": "2026-11-01T08:30:00.123Z",
    "sentAt": "2026-11-01T08:30:00.200Z",
}
SERVER_SIDE = {**FIRST, "anonymousId": None, "userId": "u1"}


def body_of(event: dict[str, object]) -> bytes:
    info = SourceInfo(
        id=1, slug="w", channel="web", zone="UTC", bots=Bots.KEEP, internal_networks=()
    )
    out = Reading(next_seq=0)
    envelope = Envelope(1, "page", 1_793_521_801_000_000, "", "", 1, msgspec.json.encode(event))
    Reader(FixedSources(info), "IR").read_envelope(envelope, out)
    assert out.quarantined == []
    return bytes(out.events[0].body)


class TestBodyHash:
    @pytest.mark.parametrize(
        "changed",
        [
            {"userId": "u1"},
            {"sentAt": "2026-11-01T08:31:00.000Z"},
            {"writeKey": "k", "_metadata": {"retryCount": 2}},
            {"context": {"locale": "en-US"}},
            {"integrations": {"All": True}},
        ],
        ids=["user id filled in", "sent later", "metadata", "context", "integrations"],
    )
    def test_a_browser_s_retry_is_the_same_event(self, changed: dict[str, object]) -> None:
        assert body_of(FIRST | changed) == body_of(FIRST)

    @pytest.mark.parametrize(
        "changed",
        [
            {"name": "Shop"},
            {"type": "screen"},
            {"anonymousId": "a2"},
            {"properties": {"path": "/shop"}},
            {"timestamp": "2026-11-01T08:30:00.124Z"},
        ],
    )
    def test_what_the_client_sets_once_makes_another_event(
        self, changed: dict[str, object]
    ) -> None:
        assert body_of(FIRST | changed) != body_of(FIRST)

    def test_without_an_anonymous_id_the_user_id_counts(self) -> None:
        assert body_of(SERVER_SIDE | {"userId": "u2"}) != body_of(SERVER_SIDE)
