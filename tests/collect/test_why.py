from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from hamsafar.collect import Cause, Why, because
from hamsafar.collect.why import ENGLISH, cause_of, from_text, refusal_of, to_text

MESSAGES = Path(__file__).parents[2] / "console/src/shared/i18n/en/causes.ts"
_MESSAGE = re.compile(r'^    (\w+):\s+"(.*)",$', re.MULTILINE)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


class TestWhy:
    def test_each_has_an_english_sentence(self) -> None:
        assert set(ENGLISH) == set(Why)

    def test_the_console_has_a_place_for_each_value(self) -> None:
        messages = dict(_MESSAGE.findall(MESSAGES.read_text(encoding="utf-8")))
        for why in Why:
            assert set(re.findall(r"{{(\w+)}}", messages[why])) == places(ENGLISH[why]), why


class TestCause:
    @pytest.mark.parametrize(
        "cause",
        [because(Why.NOBODY), because(Why.TOO_LONG, field="شناسه", limit=500)],
    )
    def test_survives_being_stored(self, cause: Cause) -> None:
        assert from_text(to_text(cause)) == cause
        assert cause_of(refusal_of(cause)) == cause

    def test_of_the_first_release_stays_a_sentence(self) -> None:
        assert from_text("userId is {odd}").sentence == "userId is {odd}"
        assert cause_of({"refused": "too large"}).sentence == "too large"

    def test_is_of_bounded_length_whatever_was_sent(self) -> None:
        assert len(because(Why.UNKNOWN_TYPE, type="x" * 9_999, types="").sentence) < 400
