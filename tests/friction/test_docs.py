"""The reference says what the definitions say."""

from __future__ import annotations

from pathlib import Path

import pytest

from hamsafar.friction import DEFINITIONS, Detector

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "friction.md"


@pytest.mark.parametrize("detector", Detector)
class TestReference:
    def test_tells_each_definition_word_by_word(self, detector):
        definition = DEFINITIONS[detector]
        (row,) = [
            line
            for line in PAGE.read_text(encoding="utf-8").splitlines()
            if line.startswith(f"| `{detector.value}` |")
        ]
        assert definition.says in row
        for one in definition.parameters:
            assert f"`{one.name}` {one.default:g} ({one.least:g} … {one.most:g})" in row.replace(
                "2592000", f"{2_592_000:g}"
            )
        assert (f"`{definition.settles}`" if definition.settles else "session") in row
