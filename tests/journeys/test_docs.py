"""The reference's example runs, and prints what it says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "journeys.md"


class TestReference:
    def test_example_prints_what_it_says(self):
        (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        printed = io.StringIO()
        names: dict[str, object] = {}
        with contextlib.redirect_stdout(printed):
            exec(compile(example, str(PAGE), "exec"), names)
        promised = re.findall(r"^# (.*)$", example, re.MULTILINE)
        assert printed.getvalue().splitlines() == promised
        for expression, value in re.findall(
            r"^(dict.*?|edge_people.*?|graph.*?)  # (\S.*)$", example, re.MULTILINE
        ):
            assert repr(eval(expression, names)).startswith(
                value.split(":")[0] if "(" in value else value
            )
