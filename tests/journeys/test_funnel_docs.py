"""The page on funnels: its examples run, print what they say, and every rule is told."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from hamsafar.journeys import Attribution, Rule, Semantics

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "funnel.md"


class TestPage:
    def test_examples_print_what_they_say(self):
        names: dict[str, object] = {}
        examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        assert len(examples) > 10
        for example in examples:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(example, str(PAGE), "exec", dont_inherit=True), names)
            promised = re.findall(r"^# (.*)$", example, re.MULTILINE)
            assert printed.getvalue().splitlines() == promised

    @pytest.mark.parametrize(
        "word", [*Rule, *Semantics, *Attribution, *(f"F{n}" for n in range(1, 13))]
    )
    def test_tells_every_rule(self, word: str):
        assert re.search(rf"\b{word}\b", PAGE.read_text(encoding="utf-8"))
