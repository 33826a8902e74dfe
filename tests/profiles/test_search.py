"""Searching people by words."""

from __future__ import annotations

from pathlib import Path

from hamsafar.profiles.services.profiles import PREFIX_HITS
from tests.support.river import river


def _named(number: int, name: str) -> dict[str, object]:
    user = f"u{number}"
    return {"type": "identify", "messageId": f"m{number}", "userId": user, "traits": {"name": name}}


class TestSearch:
    """Profiles.search."""

    def test_two_words_each_too_common_still_find_their_person(self, tmp_path: Path) -> None:
        most = PREFIX_HITS + 50
        with river(tmp_path) as water:
            water.send([_named(n, f"علی حسینی{n}") for n in range(most)])
            water.send([_named(most + n, f"مریم رضایی{n}") for n in range(most)])
            water.send([_named(9_999, "علی رضایی")])
            water.flow()
            found = water.hamsafar.profiles.search("رضایی علی", limit=10)
            assert [one.label for one in found] == ["علی رضایی"]

    def test_the_words_may_stand_at_two_identifiers_of_one_person(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([
                {
                    "type": "identify",
                    "messageId": "a",
                    "anonymousId": "a1",
                    "traits": {"firstName": "سارا"},
                },
                {
                    "type": "identify",
                    "messageId": "b",
                    "userId": "u1",
                    "traits": {"lastName": "احمدی"},
                },
                {
                    "type": "identify",
                    "messageId": "c",
                    "userId": "u2",
                    "traits": {"lastName": "احمدی"},
                },
                {"type": "identify", "messageId": "d", "userId": "u1", "anonymousId": "a1"},
            ])
            water.flow()
            found = water.hamsafar.profiles.search("سارا احمدی", limit=10)
            assert [one.label for one in found] == ["سارا احمدی"]
