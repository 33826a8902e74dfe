from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from hamsafar.collect.errors import BadBody
from hamsafar.collect.limits import Limits, check_count, check_events
from hamsafar.collect.types import Reason

LIMITS = Limits()


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


class TestLimits:
    def test_each_stands_in_the_reference(self) -> None:
        text = (Path(__file__).parents[2] / "docs" / "reference" / "collect.md").read_text()
        assert [one.name for one in fields(Limits) if f"`{one.name}`" not in text] == []


class TestCheckCount:
    def test_the_limit_itself_is_allowed(self) -> None:
        check_count(LIMITS.batch_events, LIMITS)

    def test_one_more_is_refused(self) -> None:
        with pytest.raises(BadBody, match="5001 events, the limit is 5000"):
            check_count(LIMITS.batch_events + 1, LIMITS)


class TestCheckEvents:
    @pytest.mark.parametrize(
        "event",
        [
            b"{}",
            nested(LIMITS.event_depth),
            json.dumps({"a": "x" * (LIMITS.event_bytes - 9)}).encode(),
            json.dumps({str(n): n for n in range(LIMITS.event_keys)}).encode(),
            json.dumps([[] for _ in range(1_000)]).encode(),
            json.dumps({"a": "[" * 1_000}).encode(),
        ],
        ids=["empty", "deepest", "largest", "most keys", "wide", "brackets in text"],
    )
    def test_what_is_within_the_limits_passes(self, event: bytes) -> None:
        check_events([b"{}", event], LIMITS)

    @pytest.mark.parametrize(
        ("event", "words"),
        [
            (nested(LIMITS.event_depth + 1), "65 levels deep, the limit is 64"),
            (json.dumps({"a": "x" * LIMITS.event_bytes}).encode(), "the limit is 262144"),
            (
                json.dumps({str(n): n for n in range(LIMITS.event_keys + 1)}).encode(),
                "10001 keys, the limit is 10000",
            ),
            (b'{"a":[' + b",".join([b'{"":0}'] * 10_001) + b"]}", "10002 keys"),
        ],
        ids=["too deep", "too large", "too many keys", "too many small objects"],
    )
    def test_what_is_over_is_refused_and_named(self, event: bytes, words: str) -> None:
        with pytest.raises(BadBody, match=words) as caught:
            check_events([b"{}", event], LIMITS)
        assert caught.value.reason is Reason.TOO_LARGE
        assert caught.value.where == "batch[1]"
