from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from hamsafar.collect.keys import KeyMemory, key_of_request
from hamsafar.collect.ports import FixedKeys, NoKeys, SourceRef

SOURCE = SourceRef(source_id=1, key_id="k", channel="web")


def basic(text: str) -> bytes:
    return b"Basic " + base64.b64encode(text.encode())


class TestKeyOfRequest:
    @pytest.mark.parametrize(
        ("authorization", "header", "query", "key"),
        [
            (basic("wk:"), b"other", b"writeKey=third", "wk"),
            (basic("wk"), b"", b"", "wk"),
            (basic("wk:secret"), b"", b"", "wk"),
            (b"basic " + base64.b64encode(b"wk:").rstrip(b"="), b"", b"", "wk"),
            (b"Bearer token", b"", b"", ""),
            (b"Bearer token", b"id:secret", b"writeKey=q", "id:secret"),
            (b"Basic !!!", b"", b"writeKey=q", "q"),
            (basic(":"), b"", b"a=1&writeKey=q%2B1", "q+1"),
            (b"Basic " + base64.b64encode(b"\xff\xfe"), b"", b"", ""),
            (b"", b"", b"writeKey=", ""),
            (b"", b"", b"", ""),
        ],
    )
    def test_the_first_place_that_has_one_wins(
        self, authorization: bytes, header: bytes, query: bytes, key: str
    ) -> None:
        assert key_of_request(authorization, header, query) == key


class TestKeyMemory:
    def memory(self) -> KeyMemory:
        return KeyMemory(memory=timedelta(seconds=2), outage=timedelta(seconds=60))

    def test_nothing_is_known_at_first(self) -> None:
        assert self.memory().recall("k", now_s=0.0) is None

    def test_an_answer_is_believed_for_its_time(self) -> None:
        memory = self.memory()
        memory.learn("k", SOURCE, now_s=0.0)
        known = memory.recall("k", now_s=1.9)
        assert known is not None
        assert known.source == SOURCE
        assert memory.recall("k", now_s=2.0) is None

    def test_an_unknown_key_is_remembered_for_a_second(self) -> None:
        memory = self.memory()
        memory.learn("k", None, now_s=0.0)
        known = memory.recall("k", now_s=0.9)
        assert known is not None
        assert known.source is None
        assert memory.recall("k", now_s=1.0) is None

    def test_a_revoked_key_is_forgotten_also_for_outages(self) -> None:
        memory = self.memory()
        memory.learn("k", SOURCE, now_s=0.0)
        memory.learn("k", None, now_s=3.0)
        assert memory.outlast("k", now_s=3.0) is None

    def test_a_known_key_outlasts_an_outage_but_not_for_ever(self) -> None:
        memory = self.memory()
        memory.learn("k", SOURCE, now_s=0.0)
        assert memory.outlast("k", now_s=30.0) == SOURCE
        assert memory.recall("k", now_s=31.0) is not None
        assert memory.outlast("k", now_s=61.9) == SOURCE
        assert memory.outlast("k", now_s=62.1) is None
        assert memory.outlast("other", now_s=1.0) is None

    def test_guesses_do_not_fill_the_memory(self) -> None:
        memory = self.memory()
        for n in range(25_000):
            memory.learn(str(n), None, now_s=0.0)
        assert len(memory._unknown) <= 10_000


class TestKeyRings:
    def test_the_null_ring_knows_nothing_and_the_fixed_one_what_it_was_given(self) -> None:
        assert NoKeys().find("k") is None
        ring = FixedKeys({"k": SOURCE})
        assert ring.find("k") == SOURCE
        assert ring.find("x") is None
