from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.collect.errors import BadBody
from hamsafar.collect.split import Splitter, raw_events, with_whole_surrogates, without_mark
from hamsafar.collect.types import Reason

MOST = 5_000


def events(body: bytes) -> list[bytes]:
    return [bytes(raw) for raw in Splitter().batch(body, most=MOST).events]


class TestBatch:
    def test_events_are_the_bytes_that_were_sent(self) -> None:
        assert events(b'{"batch": [ {"a" : 1} , 2, null, "x"], "sentAt": 1}') == [
            b'{"a" : 1}',
            b"2",
            b"null",
            b'"x"',
        ]

    def test_an_empty_batch_is_no_error(self) -> None:
        assert events(b'{"batch": []}') == []

    @pytest.mark.parametrize(
        ("body", "key"),
        [
            (b'{"batch":[],"writeKey":"w","api_key":"a","token":"t"}', "w"),
            (b'{"batch":[],"api_key":"a","token":"t"}', "a"),
            (b'{"batch":[],"token":"t"}', "t"),
            (b'{"batch":[],"writeKey":null,"token":"t"}', "t"),
            (b'{"batch":[],"writeKey":{"a":1}}', ""),
            (b'{"batch":[]}', ""),
        ],
    )
    def test_the_key_is_found_in_the_wire_s_order(self, body: bytes, key: str) -> None:
        assert Splitter().batch(body, most=MOST).write_key == key

    def test_shared_parts_are_given_out_for_the_limits(self) -> None:
        split = Splitter().batch(b'{"batch":[],"context":{"a":1},"integrations":{}}', most=MOST)
        assert [bytes(part) for part in split.shared] == [b'{"a":1}', b"{}"]

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", Reason.BAD_JSON),
            (b"{", Reason.BAD_JSON),
            (b"[]", Reason.BAD_JSON),
            (b'{"batch":{}}', Reason.BAD_JSON),
            (b'{"batch":null}', Reason.BAD_JSON),
            (b"{}", Reason.BAD_JSON),
            (b'{"batch":[NaN]}', Reason.BAD_JSON),
            (b'{"batch":[Infinity]}', Reason.BAD_JSON),
            (b'{"batch":[{"a":1,}]}', Reason.BAD_JSON),
            (b'{"batch":[1]} trailing', Reason.BAD_JSON),
            (b'{"batch":["\x00"]}', Reason.BAD_JSON),
            (b'{"batch":["\xff\xfe"]}', Reason.BAD_TEXT),
            (b'{"batch":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}", Reason.TOO_LARGE),
            (b'{"batch":[],"a":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, Reason.TOO_LARGE),
            (b'{"batch":[' + b"1," * 300_000 + b"1]}", Reason.TOO_LARGE),
        ],
    )
    def test_what_is_no_batch_is_refused_with_words(self, body: bytes, reason: Reason) -> None:
        with pytest.raises(BadBody) as caught:
            Splitter().batch(body, most=MOST)
        assert caught.value.reason is reason
        assert caught.value.detail

    def test_lone_surrogates_are_left_to_the_pipeline(self) -> None:
        body = rb'{"batch":[{"a":"\ud83d"},{"b":"\ud83d\ude00"},{"c":"\\ud83d"}]}'
        assert len(events(body)) == 3


class TestOne:
    def test_the_whole_body_is_the_event(self) -> None:
        split = Splitter().one(b'{"event":"x","writeKey":"w"}')
        assert [bytes(raw) for raw in split.events] == [b'{"event":"x","writeKey":"w"}']
        assert split.write_key == "w"

    @pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"", b"{", b'{"a":NaN}'])
    def test_only_an_object_is_an_event(self, body: bytes) -> None:
        with pytest.raises(BadBody):
            Splitter().one(body)


class TestRawEvents:
    @given(st.lists(st.text(st.characters(exclude_categories=[])), max_size=6))
    def test_every_event_comes_back_exactly_as_sent(self, texts: list[str]) -> None:
        parts = [json.dumps({"a": text}).encode() for text in texts]
        assert raw_events(b'{"batch":[' + b" , ".join(parts) + b"]}") == parts


class TestWithWholeSurrogates:
    @given(st.text(st.characters(exclude_categories=[])))
    def test_the_length_stays_and_the_text_becomes_unicode(self, text: str) -> None:
        sent = json.dumps(text).encode()
        mended = with_whole_surrogates(sent)
        assert len(mended) == len(sent)
        assert msgspec.json.decode(mended, type=str) == text.encode(
            "utf-16-le", "surrogatepass"
        ).decode("utf-16-le", "replace") or "\ufffd" in msgspec.json.decode(mended)


class TestWithoutMark:
    def test_a_byte_order_mark_is_removed(self) -> None:
        assert without_mark(b"\xef\xbb\xbf{}") == b"{}"
        assert without_mark(b"{}") == b"{}"
